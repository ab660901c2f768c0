import assert from "node:assert/strict";
import test from "node:test";
import { float32, seededRandom } from "../base/index.js";
import { createSession } from "../engine/index.js";
import { architectures, buildNetwork, formulaWeights, type ArchitectureName } from "../models/index.js";
import { explainedGraph } from "./explained-graph.js";

const names = (Object.keys(architectures) as ArchitectureName[]).filter((name) => architectures[name].tiny);

function images(size: number, count: number) {
  const random = seededRandom("explained graph", size);
  return float32([count, 3, size, size], Float32Array.from({ length: count * 3 * size * size }, () => random.normal()));
}

async function run(graph: ReturnType<typeof explainedGraph>, feeds: Parameters<Awaited<ReturnType<typeof createSession>>["run"]>[0]) {
  const session = await createSession(graph);
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

for (const name of names) {
  test(`${name}: the graph holds ONNX's own operators only`, () => {
    const network = buildNetwork(name, { classes: 3 });
    const { nodes } = explainedGraph(network, formulaWeights(network));
    assert.deepEqual([...new Set(nodes.map(({ domain }) => domain))], [""]);
  });

  test(`${name}: one graph gives logits, probabilities that sum to one, and a map in [0, 1]`, async () => {
    const network = buildNetwork(name, { classes: 3 });
    const { logits, probabilities, map } = await run(explainedGraph(network, formulaWeights(network)), { input: images(network.inputSize, 2) });
    assert.deepEqual(logits!.shape, [2, 3]);
    for (let n = 0; n < 2; n++) {
      const row = Array.from((probabilities!.data as Float32Array).subarray(n * 3, n * 3 + 3));
      assert.ok(Math.abs(row.reduce((sum, p) => sum + p, 0) - 1) < 1e-5);
      const size = map!.shape[1]! * map!.shape[2]!;
      const values = (map!.data as Float32Array).subarray(n * size, (n + 1) * size);
      const highest = Math.max(...values);
      assert.ok(values.every((value) => value >= 0 && value <= 1) && (highest === 0 || Math.abs(highest - 1) < 1e-6));
    }
  });

  test(`${name}: an image's map does not depend on the others of its batch`, async () => {
    const network = buildNetwork(name, { classes: 3 });
    const graph = explainedGraph(network, formulaWeights(network));
    const both = images(network.inputSize, 2);
    const half = both.data.length / 2;
    const together = await run(graph, { input: both });
    const alone = await run(graph, { input: float32([1, ...both.shape.slice(1)], both.data.slice(half)) });
    const size = alone["map"]!.data.length;
    for (let i = 0; i < size; i++) assert.ok(Math.abs(Number(together["map"]!.data[size + i]) - Number(alone["map"]!.data[i])) < 1e-4);
  });
}

test("where global average pooling and one linear layer follow, Grad-CAM is the class's weights times the features (CAM)", async () => {
  const network = buildNetwork("mobilenet_v2-tiny", { classes: 3 });
  const weights = formulaWeights(network);
  const graph = explainedGraph(network, weights);
  const exposed = { ...graph, outputs: [...graph.outputs, graph.values.get(network.camLayer)!] };
  const result = await run(exposed, { input: images(network.inputSize, 1) });
  const [, channels, height, width] = result[network.camLayer]!.shape as [number, number, number, number];
  const logits = Array.from(result["logits"]!.data as Float32Array);
  const predicted = logits.indexOf(Math.max(...logits));
  const head = weights.get(network.headParameters.find((name) => name.endsWith("weight"))!)!.data;
  const features = result[network.camLayer]!.data as Float32Array;
  const cam = Array.from({ length: height * width }, (_, at) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += head[predicted * channels + c]! * features[c * height * width + at]!;
    return Math.max(0, sum);
  });
  const highest = Math.max(...cam);
  assert.ok(highest > 0);
  cam.forEach((value, at) => assert.ok(Math.abs(value / highest - Number(result["map"]!.data[at])) < 1e-4));
});

test("HiResCAM equals Grad-CAM behind global average pooling and one linear layer", async () => {
  const network = buildNetwork("resnet50-tiny", { classes: 2 });
  const weights = formulaWeights(network);
  const input = images(network.inputSize, 1);
  const one = await run(explainedGraph(network, weights), { input });
  const two = await run(explainedGraph(network, weights, { method: "hires-cam" }), { input });
  one["map"]!.data.forEach((value, i) => assert.ok(Math.abs(Number(value) - Number(two["map"]!.data[i])) < 1e-5));
});
