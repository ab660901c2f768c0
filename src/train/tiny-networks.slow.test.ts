import assert from "node:assert/strict";
import test from "node:test";
import { architectures, type ArchitectureName } from "../models/index.js";
import { SessionCache } from "./sessions.js";
import { bandSource, differing, tinyTask } from "./synthetic.testkit.js";
import { trainFold } from "./train-fold.js";

const cases = [0, 1, 2, 3, 4, 5, 6, 7];

for (const architecture of (Object.keys(architectures) as ArchitectureName[]).filter((name) => architectures[name].tiny)) {
  test(`${architecture}: eight images are learned by heart, the same way twice, with everything random in it drawn`, async () => {
    const run = async () => {
      const task = tinyTask("scratch", { epochs: 30, optimizer: { learningRate: 3e-3 }, weightDecay: 0 }, { architecture });
      const sessions = new SessionCache({ engine: { threads: 1 } });
      try {
        return await trainFold({ ...task, regime: { name: "scratch" }, source: bandSource({ cases: 8 }), train: cases, seed: 4, sessions });
      } finally {
        await sessions.release();
      }
    };
    const [first, second] = [await run(), await run()];
    assert.deepEqual(differing(first.weights, second.weights), []);
    const { accuracy, loss } = first.history.at(-1)!;
    assert.ok(accuracy >= 0.75 && loss < 0.6, `accuracy ${accuracy}, loss ${loss} after 30 epochs`);
  });
}
