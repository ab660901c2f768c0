import assert from "node:assert/strict";
import test from "node:test";
import { createExplainer, type ExplainerOptions } from "../explainer.js";
import { fixture, noWeights, referenceNetwork, relativeError, stored } from "../toy-network.testkit.js";
import type { MethodName } from "./index.js";

/** Options that the stored maps were made with, where they are not the method's own. */
const chosen: Partial<Record<MethodName, ExplainerOptions>> = {
  "shapley-cam": { target: { class: "predicted", scale: "rest" } },
  "integrated-gradients": { samples: 16, baseline: stored("baseline").data },
};

for (const [name, expected] of Object.entries(fixture.maps)) {
  if (name === "deep-lift") continue;
  test(`${name}: the map is PyTorch's, written out from the paper (scripts/reference/explain-methods.py)`, async () => {
    const method = name as MethodName;
    const explainer = await createExplainer(referenceNetwork(), noWeights, method, { scaling: "none", engine: { threads: 1 }, ...chosen[method] });
    const { maps, logits } = await explainer.explain(stored("input"));
    await explainer.release();
    assert.ok(relativeError(logits.data as Float32Array, fixture.logits) < 1e-5);
    assert.equal(maps[0]!.values.length, expected.length);
    const error = relativeError(maps[0]!.values, expected);
    assert.ok(error < 2e-4, `relative error ${error}`);
  });
}
