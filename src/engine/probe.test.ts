import assert from "node:assert/strict";
import { it } from "node:test";
import { GraphBuilder } from "../graph/index.js";
import { lowerFor } from "./lower-for.js";
import { probe } from "./probe.js";

it("the probe answers the same each time, and only with a width the lowering knows", async () => {
  const { block } = await probe();
  assert.ok(block === undefined || block === 8 || block === 16);
  assert.equal((await probe()).block, block);
});

function network(weightsAre: "input" | "constant") {
  const builder = new GraphBuilder();
  builder.input("x", "float32", ["N", 16, 4, 4]);
  const weights = { dtype: "float32", shape: [16, 16, 1, 1], data: new Float32Array(256) } as const;
  if (weightsAre === "input") builder.input("w", "float32", weights.shape);
  else builder.initializer("w", weights);
  builder.output(builder.op("Conv", ["x", "w"]), "y");
  return builder.build();
}

it("convolutions with constant weights are left to the runtime, others are blocked where it can", async () => {
  const { block } = await probe();
  const isBlocked = async (graph: ReturnType<typeof network>, options = {}) =>
    (await lowerFor(graph, options)).nodes.some(({ domain }) => domain === "com.microsoft.nchwc");
  assert.equal(await isBlocked(network("constant")), false);
  assert.equal(await isBlocked(network("input")), block !== undefined);
  assert.equal(await isBlocked(network("input"), { layout: "plain" }), false);
  assert.equal(await isBlocked(network("input"), { device: "webgpu" }), false);
});

it("an activation that the runtime takes out of its blocked order is a reason to write the order out", async () => {
  const { block } = await probe();
  const graph = (batch: number | "N") => {
    const builder = new GraphBuilder();
    builder.input("x", "float32", [batch, 16, 4, 4]);
    builder.initializer("w", { dtype: "float32", shape: [16, 16, 1, 1], data: new Float32Array(256) });
    builder.output(builder.op("QuickGelu", [builder.op("Conv", ["x", "w"])], { alpha: 1 }));
    return builder.build();
  };
  const lowered = await lowerFor(graph(2), {});
  assert.equal(lowered.nodes.some(({ domain }) => domain === "com.microsoft.nchwc"), block !== undefined);
  // Nothing but the way in and the way out is reordered.
  if (block !== undefined) assert.deepEqual(lowered.nodes.filter(({ op }) => op === "ReorderOutput").map(({ inputs }) => inputs[0]), [lowered.nodes.find(({ op }) => op === "QuickGelu")!.outputs[0]]);
  assert.equal((await lowerFor(graph("N"), {})).nodes.some(({ domain }) => domain === "com.microsoft.nchwc"), false);
});
