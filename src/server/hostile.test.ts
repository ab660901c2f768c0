import assert from "node:assert/strict";
import test from "node:test";
import { DataError } from "../base/index.js";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { unpackArchive } from "./data-sets/unpack-archive.js";
import { archiveOf, besiege } from "./hostile.testkit.js";

test("archives that are bombs, or lead out of their folder, are refused before they do harm", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-hostile-"));
  try {
    const zeros = Buffer.alloc(40_000_000);
    const refused = async (name: string, bytes: Buffer): Promise<void> => {
      const out = path.join(folder, "deep", name);
      await assert.rejects(unpackArchive(bytes, out), (error) => error instanceof DataError && error.code.startsWith("zip-"), name);
    };
    await refused("bomb", archiveOf([0, 1, 2, 3, 4].map((i) => ({ name: `${i}.png`, content: zeros }))));
    await refused("liar", archiveOf([{ name: "a.png", content: zeros, told: 10 }]));
    for (const name of ["../up.png", "a/../../up.png", "/etc/up.png", "C:\\up.png", "a\\..\\..\\up.png"]) await refused("climber", archiveOf([{ name, content: Buffer.from("x") }]));
    await refused("giant", archiveOf([{ name: "a.png", content: Buffer.from("x"), told: 0xfffffff0 }]));
    await refused("torn", archiveOf([{ name: "a.png", content: Buffer.from("x") }]).subarray(0, 60));
    assert.deepEqual(await readdir(folder), ["deep"]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("hostile requests end in refusals that say nothing of the server's inside", { timeout: 120_000 }, async () => {
  const { megabytes } = await besiege(400);
  assert.ok(megabytes < 400, `memory grew by ${megabytes.toFixed(0)} MiB`);
});
