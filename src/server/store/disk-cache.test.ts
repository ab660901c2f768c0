import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { DiskCache } from "./disk-cache.js";

test("what was made is kept, made again where it was damaged, and gives way where there is too much", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-cache-"));
  try {
    let made = 0;
    const open = () => new DiskCache(folder, { mostBytes: 4000 });
    const ask = (cache: DiskCache, key: string) => cache.get(key, async () => {
      made += 1;
      return Buffer.alloc(900, key);
    });
    const first = open();
    for (const key of ["a", "b", "a"]) assert.deepEqual(await ask(first, key), Buffer.alloc(900, key));
    assert.equal(made, 2);
    const again = open();
    assert.deepEqual(await ask(again, "a"), Buffer.alloc(900, "a"));
    assert.equal(made, 2);

    // One changed bit, and a file that was cut off.
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    for (const file of files) {
      const bytes = await readFile(file);
      bytes[500]! ^= 1;
      await writeFile(file, bytes);
    }
    assert.deepEqual(await ask(again, "b"), Buffer.alloc(900, "b"));
    for (const file of files) await writeFile(file, "");
    assert.deepEqual(await ask(again, "a"), Buffer.alloc(900, "a"));
    assert.equal(made, 4);

    // Five do not fit: b was used longest ago.
    for (const key of ["a", "c", "d", "e"]) await ask(again, key);
    assert.equal(made, 7);
    await ask(again, "a");
    assert.equal(made, 7);
    await ask(again, "b");
    assert.equal(made, 8);

    // Nothing is not kept, and a failure is its caller's.
    assert.equal(await again.get("none", async () => undefined), undefined);
    assert.equal((await again.get("none", async () => Buffer.from("some")))!.toString(), "some");
    await assert.rejects(again.get("bad", () => Promise.reject(new Error("no"))), /no/);
    const left = await Promise.all((await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => stat(path.join(entry.parentPath, entry.name))));
    assert.ok(left.reduce((sum, { size }) => sum + size, 0) <= 4000);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
