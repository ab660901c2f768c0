import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { runCli, spawnCli } from "./cli.testkit.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "osteon-phantom-"));
});
after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));

test("a killed run goes on, and a full disk is a clear error that the same command mends", async () => {
  const argv = ["phantom", "make", "lumbar-ap", "--classes", "normal,lytic-tumor", "--count", "6", "--size", "96", "--workers", "1"];
  const whole = await runCli([...argv, "--out", "whole"], { folder });
  assert.equal(whole.code, 0, whole.stderr);
  await spawnCli([...argv, "--out", "killed"], { folder, killAfterMs: 900 });
  const resumed = await spawnCli([...argv, "--out", "killed"], { folder });
  assert.equal(resumed.code, 0, resumed.stderr);
  const full = await spawnCli([...argv, "--out", "full"], { folder, fileKiB: 8 });
  assert.equal(full.code, 3, full.stderr);
  assert.match(full.stderr, /error: .*(EFBIG|ENOSPC)/);
  const mended = await spawnCli([...argv, "--out", "full"], { folder });
  assert.equal(mended.code, 0, mended.stderr);
  for (const name of ["labels.csv", "truth.jsonl", "coco.json"]) {
    const [one, ...others] = await Promise.all(["whole", "killed", "full"].map((run) => readFile(path.join(folder, run, name), "utf8")));
    for (const other of others) assert.equal(other, one, name);
  }
});
