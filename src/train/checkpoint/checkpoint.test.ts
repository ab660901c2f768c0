import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { DataError, float32, type Tensor } from "../../base/index.js";
import { decodeCheckpoint, encodeCheckpoint, type CheckpointContent } from "./encode.js";
import { CheckpointStore } from "./store.js";

function content(n: number): CheckpointContent {
  const tensors = new Map<string, Tensor<"float32">>([
    ["weight", float32([2, 3], [1, 2, 3, 4, 5, n])],
    ["scalar", float32([], [n])],
    ["empty", float32([0, 4], [])],
  ]);
  return { tensors, record: { n, exact: 0.1 + 0.2 } };
}

async function inFolder(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "osteon-checkpoint-"));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const encoded = (): Buffer => Buffer.concat([...encodeCheckpoint(content(7))]);
const decoded = (bytes: Buffer): Promise<CheckpointContent> =>
  decodeCheckpoint({ length: bytes.length, read: (position, length) => Promise.resolve(bytes.subarray(position, position + length)) }, "file");

test("a checkpoint survives the round trip bit for bit", async () => {
  assert.deepEqual(await decoded(encoded()), content(7));
});

test("every truncation and every changed byte of a checkpoint is noticed", async () => {
  const bytes = encoded();
  for (let length = 0; length < bytes.length; length += 7) {
    await assert.rejects(decoded(bytes.subarray(0, length)), (error) => error instanceof DataError && error.code === "checkpoint-damaged");
  }
  for (let at = 0; at < bytes.length; at += 3) {
    const altered = Buffer.from(bytes);
    altered[at] = altered[at]! ^ 0x10;
    await assert.rejects(decoded(altered), /expected a whole checkpoint/);
  }
});

test("a damaged checkpoint gives way to the one before it, with a warning", () =>
  inFolder(async (directory) => {
    const store = new CheckpointStore(directory);
    for (const n of [1, 2, 3]) await store.write(content(n));
    assert.deepEqual(await store.read(), { content: content(3), warnings: [] });
    await truncate(path.join(directory, "checkpoint.osteon"), 100);
    const found = await store.read();
    assert.deepEqual(found.content, content(2));
    assert.deepEqual(found.warnings.map(({ code }) => code), ["checkpoint-damaged"]);
    await writeFile(path.join(directory, "checkpoint.previous.osteon"), "");
    assert.deepEqual((await store.read()).content, undefined);
  }));

test("what a killed writer left is removed, and discarding leaves an empty folder", () =>
  inFolder(async (directory) => {
    await writeFile(path.join(directory, ".checkpoint.osteon.abc.tmp"), "torn");
    const store = new CheckpointStore(directory);
    assert.deepEqual(await store.read(), { content: undefined, warnings: [] });
    await store.write(content(1));
    await store.discard();
    assert.deepEqual(await readdir(directory), []);
  }));

const isRoot = process.getuid?.() === 0;

test("a folder that cannot be written is a DataError, and the checkpoint before it is intact", { skip: isRoot ? "permissions do not bind the superuser" : false }, () =>
  inFolder(async (directory) => {
    const store = new CheckpointStore(directory);
    await store.write(content(1));
    await chmod(directory, 0o500);
    await assert.rejects(store.write(content(2)), (error) => error instanceof DataError && error.message.includes(directory));
    await chmod(directory, 0o700);
    assert.deepEqual((await store.read()).content, content(1));
  }));

test("a file in the place of the folder is a DataError that names it", () =>
  inFolder(async (directory) => {
    const file = path.join(directory, "taken");
    await writeFile(file, "x");
    const store = new CheckpointStore(file);
    await assert.rejects(store.write(content(1)), (error) => error instanceof DataError && error.message.includes("taken"));
    assert.equal(await readFile(file, "utf8"), "x");
  }));

test("a disk that fills up is a DataError with a remedy, and the checkpoint before it is intact", { skip: process.platform === "win32" ? "no file size limit" : false }, () =>
  inFolder(async (directory) => {
    const program = fileURLToPath(new URL("fill-disk.testkit.js", import.meta.url));
    const { stdout } = spawnSync("bash", ["-c", `ulimit -f 64; exec "${process.execPath}" "${program}" "${directory}"`], { encoding: "utf8", timeout: 20_000 });
    const found = JSON.parse(stdout) as { isDataError: boolean; message: string; record: { n: number } };
    assert.ok(found.isDataError);
    assert.match(found.message, /expected .*, got E\w+\. \w+/);
    assert.equal(found.record.n, 1);
    assert.deepEqual((await readdir(directory)).filter((name) => name.endsWith(".tmp")), []);
  }));
