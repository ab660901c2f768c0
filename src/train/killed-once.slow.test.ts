import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { surviveKills, trainForKills } from "./kills.testkit.js";

test("a run killed at random moments ends with the weights and predictions of one that was not", async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), "osteon-kills-"));
  try {
    const { result, killed } = await surviveKills(directory, { kills: 2, seed: 1 });
    assert.equal(killed, 2);
    assert.equal(result, await trainForKills(undefined, () => undefined));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
