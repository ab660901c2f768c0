import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { surviveKills, trainForKills } from "./kills.testkit.js";

test("thirty kills at random moments, over several runs, change neither weights nor predictions", async () => {
  const whole = await trainForKills(undefined, () => undefined);
  let kills = 0;
  for (let seed = 100; kills < 30; seed++) {
    const directory = await mkdtemp(path.join(os.tmpdir(), "osteon-kills-"));
    try {
      const { result, killed } = await surviveKills(directory, { kills: 10, seed });
      assert.equal(result, whole, `seed ${seed}, ${killed} kills`);
      kills += killed;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
});
