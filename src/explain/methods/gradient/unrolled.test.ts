import assert from "node:assert/strict";
import test from "node:test";
import { float32 } from "../../../base/index.js";
import { createSession } from "../../../engine/index.js";
import { explainedGraph } from "../../explained-graph.js";
import { createExplainer } from "../../explainer.js";
import type { Target } from "../../targets/target.js";
import { noWeights, normalImages, referenceNetwork, relativeError } from "../../toy-network.testkit.js";

const images = normalImages(2, [2, 8, 8], 8);
const targets: Target[] = [{ class: "predicted", against: "runner-up" }, { class: 2 }, { layer: "conv2", channel: 1 }];

for (const [i, method] of (["smooth-grad", "smooth-grad-squared", "var-grad", "integrated-gradients"] as const).entries()) {
  test(`${method}: one graph gives the map that asking one by one gives`, async () => {
    const options = { target: targets[i % targets.length]!, samples: 5, seed: 3, scaling: "none", engine: { threads: 1 } } as const;
    const explainer = await createExplainer(referenceNetwork(), noWeights, method, { ...options, baseline: method === "integrated-gradients" ? 0.3 : undefined });
    const { maps } = await explainer.explain(images);
    await explainer.release();
    const graph = explainedGraph(referenceNetwork(), noWeights, { ...options, method, baseline: 0.3 });
    assert.deepEqual([...new Set(graph.nodes.map(({ domain }) => domain))], [""]);
    const session = await createSession(graph, { threads: 1 });
    const { map } = await session.run({ input: images });
    const { map: alone } = await session.run({ input: float32([1, 2, 8, 8], images.data.subarray(128)) });
    await session.release();
    const expected = maps.flatMap(({ values }) => [...values]);
    assert.ok(relativeError(map!.data as Float32Array, expected) < 1e-3);
    assert.ok(relativeError(alone!.data as Float32Array, expected.slice(64)) < 1e-3);
  });
}

test("a graph at no points is refused", () => {
  assert.throws(() => explainedGraph(referenceNetwork(), noWeights, { method: "smooth-grad", samples: 0 }), { code: "method-option" });
});
