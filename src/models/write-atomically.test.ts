import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { describeWriteError, writeAtomically } from "./write-atomically.js";

const directory = await mkdtemp(path.join(tmpdir(), "osteon-write-"));
after(() => rm(directory, { recursive: true }));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("pieces are written in order over the old file", async () => {
  const file = path.join(directory, "a");
  await writeFile(file, "a longer text that was there before");
  await writeAtomically(file, [bytes("one "), bytes("two")]);
  assert.equal(await readFile(file, "utf8"), "one two");
  assert.deepEqual(await readdir(directory), ["a"]);
});

test("a failure halfway leaves the old file and nothing else", async () => {
  const file = path.join(directory, "a");
  const before = await readFile(file, "utf8");
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield bytes("half");
    // While it is being written the new text is under another name.
    assert.equal(await readFile(file, "utf8"), before);
    throw Object.assign(new Error("full"), { code: "ENOSPC" });
  }
  await assert.rejects(writeAtomically(file, broken()), { code: "no-space", message: /Free some space/ });
  assert.equal(await readFile(file, "utf8"), before);
  assert.deepEqual(await readdir(directory), ["a"]);
});

test("every reason of the file system becomes an error with a remedy; others pass unchanged", () => {
  const described = (code: string): unknown => describeWriteError(Object.assign(new Error(code), { code }), "/folder/file");
  for (const [code, ours] of [["ENOSPC", "no-space"], ["EDQUOT", "no-space"], ["EACCES", "not-writable"], ["EROFS", "not-writable"], ["ENOENT", "not-writable"], ["EISDIR", "not-writable"]] as const) {
    assert.equal((described(code) as { code: string }).code, ours);
    assert.match((described(code) as Error).message, /^\/folder\/file: expected .* got .*\. [A-Z]/);
  }
  const other = new Error("other");
  assert.equal(describeWriteError(other, "/folder/file"), other);
});
