import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { fullSizeNames, runPhase } from "./full-size.testkit.js";

/** 8 GiB in units of 10^6 bytes. */
const mostMb = 8 * 1024 ** 3 / 1e6;

for (const name of fullSizeNames) {
  test(`${name}: trains, is killed and resumed, explains and exports at full size in batches of 4, under 8 GiB`, async (t) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-full-size-"));
    try {
      const killed = await runPhase("train", { name, folder, killAfterSteps: 1 });
      assert.equal(killed.result, undefined, "the process was not killed in time");
      const resumed = await runPhase("train", { name, folder });
      assert.match(resumed.result ?? "", /^2 updates, loss \d/);
      assert.equal(resumed.steps, 1, "the first step was done again");
      const explained = await runPhase("explain", { name, folder });
      assert.match(explained.result ?? "", /^map 1 x \d+ x \d+, \d+ MB, finite$/);
      const peaks = [killed, resumed, explained].map(({ peakMb }) => peakMb);
      t.diagnostic(`${name}: peak memory ${peaks.join(", ")} MB; ${explained.result}`);
      assert.ok(Math.max(...peaks) < mostMb, `peak memory ${peaks.join(", ")} MB`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
