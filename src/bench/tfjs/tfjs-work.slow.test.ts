import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { comparedWork, differenceOfLogits, differenceOfMaps, differenceOfStep, families } from "./agreement.testkit.js";
import { startBackend } from "./backend.js";

// Oracle: this project's own engine; differences over the largest element.
describe("tfjs on every family of the studies", () => {
  before(() => startBackend("cpu"));

  for (const name of families) {
    it(`computes logits, maps and a step of ${name} as the engine does`, async () => {
      const work = comparedWork(name);
      assert.ok((await differenceOfLogits(work)) < 1e-5);
      assert.ok((await differenceOfMaps(work)) < 1e-5);
      const step = await differenceOfStep(work, "fine-tuning");
      assert.ok(step < 1e-5, String(step));
    });
  }

  it("steps with the statistics of the batch as the engine does", async () => {
    assert.ok((await differenceOfStep(comparedWork("xception-tiny"), "scratch")) < 1e-4);
  });
});
