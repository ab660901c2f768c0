import assert from "node:assert/strict";
import test from "node:test";
import { outcomeOf } from "./explanation-truth-page.testkit.js";
import { runTruth } from "./explanation-truth.testkit.js";

for (const seed of [301, 302]) {
  test(`seed ${seed}: the network trained on the anatomy looks at it more than one trained on a letter; the audit passes Grad-CAM and flags guided backpropagation`, async () => {
    const figures = await runTruth(seed);
    assert.deepEqual(outcomeOf(figures), { relevance: true, gradCam: true, guided: true }, JSON.stringify(figures));
  });
}
