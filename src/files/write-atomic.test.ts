import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { DataError, InputError } from "../base/index.js";
import { lockFile } from "./lock.js";
import { sha256, sha256OfFile } from "./sha256.js";
import { writeFileAtomic, writeJsonAtomic } from "./write-atomic.js";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-files-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("a file is written whole, missing folders are made, nothing else is left", () =>
  inFolder(async (folder) => {
    const file = path.join(folder, "a/b/c.json");
    await writeJsonAtomic(file, { x: 1 });
    await writeJsonAtomic(file, { x: 2 });
    assert.deepEqual(JSON.parse(await readFile(file, "utf8")), { x: 2 });
    assert.deepEqual(await readdir(path.dirname(file)), ["c.json"]);
    await writeFileAtomic(file, [Buffer.from("ab"), Buffer.from("cd")]);
    assert.equal(await readFile(file, "utf8"), "abcd");
    assert.equal(await sha256OfFile(file), sha256("abcd"));
  }));

test("a full disk is a clear error and leaves the old content", () =>
  inFolder(async (folder) => {
    const file = path.join(folder, "kept.txt");
    await writeFile(file, "old");
    // Parts that fail as a full disk does, after some bytes have gone through.
    function* parts(): Iterable<Uint8Array> {
      yield Buffer.from("new");
      throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    }
    await assert.rejects(writeFileAtomic(file, parts()), (error) => error instanceof DataError && error.code === "file-enospc" && error.message.includes("Free some space"));
    assert.equal(await readFile(file, "utf8"), "old");
    assert.deepEqual(await readdir(folder), ["kept.txt"]);
  }));

test("a process killed while writing leaves the old content or the new one", () =>
  inFolder(async (folder) => {
    const file = path.join(folder, "state.bin");
    const module = new URL("./write-atomic.js", import.meta.url).href;
    const program = `import { writeFileAtomic } from ${JSON.stringify(module)};
      for (let i = 0; i < 1000; i++) await writeFileAtomic(${JSON.stringify(file)}, Buffer.alloc(300000, i % 256));`;
    for (let kill = 0; kill < 4; kill++) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "ignore" });
      await new Promise((resolve) => setTimeout(resolve, 150 + kill * 37));
      child.kill("SIGKILL");
      await new Promise((resolve) => child.once("exit", resolve));
      const content = await readFile(file).catch(() => Buffer.alloc(0));
      assert.ok(content.length === 0 || content.length === 300000);
      assert.ok(content.every((byte) => byte === content[0]));
    }
  }));

test("a folder is held by one process at a time and a dead holder is replaced", () =>
  inFolder(async (folder) => {
    const file = path.join(folder, ".lock");
    await writeFile(file, `${process.ppid}\n`);
    await assert.rejects(lockFile(file, "run"), (error) => error instanceof InputError && error.message.includes(String(process.ppid)));
    await writeFile(file, "999999999\n");
    const release = await lockFile(file, "run");
    assert.equal(await readFile(file, "utf8"), `${process.pid}\n${os.hostname()}\n`);
    await release();
    assert.deepEqual(await readdir(folder), []);
    await writeFile(file, "1\nanother-machine\n");
    await assert.rejects(lockFile(file, "run"), /process 1 on another-machine/);
    const longAgo = new Date(Date.now() - 600_000);
    await utimes(file, longAgo, longAgo);
    await (await lockFile(file, "run"))();
  }));
