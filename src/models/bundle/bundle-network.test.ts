import assert from "node:assert/strict";
import test from "node:test";
import { float32 } from "../../base/index.js";
import { createSession } from "../../engine/index.js";
import { bindConstants, type Graph } from "../../graph/index.js";
import { architectures } from "../architectures/index.js";
import { formulaWeights } from "../formula-weights.js";
import { withGreyInput } from "../grey-input.js";
import { buildNetwork } from "../network.js";
import { bundleNetwork } from "./bundle-network.js";

async function logitsOf(graph: Graph, channels: number) {
  const session = await createSession(graph, { threads: 1 });
  const { logits } = await session.run({ input: float32([1, channels, 32, 32], Array.from({ length: channels * 1024 }, (_, i) => Math.sin(i))) });
  await session.release();
  return logits!.data;
}

for (const { architecture, channels } of [
  { architecture: "mobilenet_v2-tiny", channels: 3 },
  { architecture: "mobilenet_v2-tiny", channels: 1 },
  { architecture: "of another", channels: 3 },
] as const) {
  test(`the network of a file of ${architecture}, ${channels} channels, gives the file's logits`, async () => {
    const built = buildNetwork("mobilenet_v2-tiny", { classes: 2, inputSize: 32 });
    const network = channels === 1 ? withGreyInput(built) : built;
    const { graph } = bindConstants(network.graph, formulaWeights(network));
    const ones = Array.from({ length: channels }, () => 1);
    const preprocessing = { ...architectures["mobilenet_v2-tiny"].preprocessing, channels: "grey", size: 32, mean: ones, std: ones } as const;
    const back = bundleNetwork({ graph, metadata: { version: 1, architecture, labels: ["a", "b"], preprocessing, camLayer: network.camLayer, training: {} } });
    assert.equal(back.network.parameters.length, architecture === "of another" ? 0 : network.parameters.length);
    assert.deepEqual(await logitsOf(bindConstants(back.network.graph, back.weights).graph, channels), await logitsOf(graph, channels));
  });
}
