import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { DataError } from "../../base/index.js";
import { FeatureCache } from "./feature-cache.js";

async function inFolder(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "osteon-features-"));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const rows = [0, 1, 2].map((i) => Float32Array.from([i, i + 0.5, -i]));

/** Opens a cache of three numbers per image, uses it and closes it. */
async function withCache<T>(directory: string | undefined, use: (cache: FeatureCache) => Promise<T>, options: { producer?: string; memoryBytes?: number; writer?: string } = {}): Promise<T> {
  const cache = await FeatureCache.open({ directory, size: 3, producer: "net", ...options });
  try {
    return await use(cache);
  } finally {
    await cache.close();
  }
}

const fill = async (cache: FeatureCache) => {
  for (const [i, row] of rows.entries()) await cache.set(`case ${i}`, row);
};
const read = (cache: FeatureCache) => Promise.all(rows.map((_, i) => cache.get(`case ${i}`)));

test("features come back bit for bit from memory, from the disk, and where memory has no room for them", () =>
  inFolder(async (directory) => {
    assert.deepEqual(await withCache(undefined, async (cache) => (await fill(cache), read(cache))), rows);
    assert.deepEqual(await withCache(directory, async (cache) => (await fill(cache), read(cache))), rows);
    assert.deepEqual(await withCache(directory, read), rows);
    assert.deepEqual(await withCache(directory, read, { memoryBytes: 0 }), rows);
    assert.deepEqual(await withCache(directory, read, { producer: "another net" }), [undefined, undefined, undefined]);
  }));

test("a torn or altered end of the file is cut off, what lies before it stays, and writing goes on", () =>
  inFolder(async (directory) => {
    await withCache(directory, fill);
    const file = path.join(directory, (await readdir(directory))[0]!);
    const whole = await readFile(file);
    await truncate(file, whole.length - 5);
    assert.deepEqual(await withCache(directory, read), [rows[0], rows[1], undefined]);
    const altered = Buffer.from(whole);
    altered[whole.length / 3 + 40]! ^= 1;
    await writeFile(file, altered);
    assert.deepEqual(await withCache(directory, read), [rows[0], undefined, undefined]);
    await withCache(directory, fill);
    assert.deepEqual(await readFile(file), whole);
  }));

test("a file in the place of the folder is a DataError", () =>
  inFolder(async (directory) => {
    const file = path.join(directory, "taken");
    await writeFile(file, "x");
    await assert.rejects(withCache(file, read), (error) => error instanceof DataError && error.message.includes("taken"));
  }));

test("processes that share a folder write a file each, read those of the others and leave their torn ends alone", () =>
  inFolder(async (directory) => {
    await withCache(directory, (one) =>
      withCache(
        directory,
        async (other) => {
          await one.set("case 0", rows[0]!);
          await other.set("case 1", rows[1]!);
          assert.deepEqual([await read(one), await read(other)], [[rows[0], undefined, undefined], [undefined, rows[1], undefined]]);
        },
        { writer: "b" },
      ), { writer: "a" });
    const names = (await readdir(directory)).sort();
    assert.deepEqual(names.map((name) => name.split(".")[1]), ["a", "b"]);
    const torn = path.join(directory, names[1]!);
    await writeFile(torn, Buffer.concat([await readFile(torn), Buffer.from("torn")]));
    const before = await readFile(torn);
    assert.deepEqual(await withCache(directory, read, { writer: "c", memoryBytes: 0 }), [rows[0], rows[1], undefined]);
    assert.deepEqual(await withCache(directory, read), [rows[0], rows[1], undefined]);
    assert.deepEqual(await readFile(torn), before);
  }));
