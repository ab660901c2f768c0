import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { createSession } from "../engine/index.js";
import { bindConstants, encodeModel, foldBatchNormalization, opsetOf } from "../graph/index.js";
import type { Graph } from "../graph/index.js";
import type { ArchitectureName } from "./architectures/index.js";
import { formulaTensor, formulaWeights } from "./formula-weights.js";
import { loadWeights } from "./load-weights.js";
import { buildNetwork } from "./network.js";
import { readWeights } from "./weights/index.js";

const directory = await mkdtemp(path.join(tmpdir(), "osteon-steps-"));
after(() => rm(directory, { recursive: true }));

/** Constants of convolutions under names as torch.onnx gives them after folding. */
function withoutNames(graph: Graph): Graph {
  const names = new Map<string, string>();
  for (const { op, inputs } of graph.nodes) if (op === "Conv") for (const input of inputs.slice(1)) names.set(input, `onnx::Conv_${100 + names.size}`);
  const renamed = (name: string): string => names.get(name) ?? name;
  return {
    ...graph,
    initializers: new Map([...graph.initializers].map(([name, value]) => [renamed(name), value])),
    nodes: graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(renamed) })),
    values: new Map([...graph.values].map(([name, info]) => [renamed(name), { ...info, name: renamed(name) }])),
  };
}

async function logitsOf(graph: Graph, feeds: Parameters<Awaited<ReturnType<typeof createSession>>["run"]>[0]): Promise<Float32Array> {
  const session = await createSession(graph);
  const { logits } = await session.run(feeds);
  await session.release();
  return logits!.data as Float32Array;
}

for (const name of ["resnet50-tiny", "mobilenet_v2-tiny", "densenet-tiny", "efficientnet_b0-tiny"] as const satisfies ArchitectureName[]) {
  test(`${name} exported with its normalizations folded and the names of its convolutions gone loads, and gives the logits it had`, async () => {
    const network = buildNetwork(name, { classes: 3 });
    const weights = formulaWeights(network);
    const graph = withoutNames(foldBatchNormalization(bindConstants(network.graph, weights).graph).graph);
    const file = path.join(directory, `${name}.onnx`);
    await writeFile(file, encodeModel({ graph, opsets: opsetOf(graph), producer: "test", metadata: {} }));
    const loaded = loadWeights(network, await readWeights(file), { head: "keep" });
    assert.match(loaded.report.changes[0]!, /^\d+ tensors without names were recognized by their place/);
    const input = formulaTensor("image", [1, 3, 64, 64], { scale: 1, offset: 0 });
    const expected = await logitsOf(network.graph, { input, ...Object.fromEntries(weights) });
    const got = await logitsOf(network.graph, { input, ...Object.fromEntries(loaded.weights) });
    const scale = Math.max(...expected.map(Math.abs));
    expected.forEach((value, k) => assert.ok(Math.abs(got[k]! - value) < 1e-5 * scale, `${got[k]} ${value}`));
  });
}

test("a file of another network of the same family is not taken for this one", async () => {
  const network = buildNetwork("resnet18-tiny", { classes: 3 });
  const other = buildNetwork("resnet50-tiny", { classes: 3 });
  const graph = withoutNames(foldBatchNormalization(bindConstants(other.graph, formulaWeights(other)).graph).graph);
  const file = path.join(directory, "other.onnx");
  await writeFile(file, encodeModel({ graph, opsets: opsetOf(graph), producer: "test", metadata: {} }));
  await assert.rejects(async () => loadWeights(network, await readWeights(file), { head: "keep" }), { code: "weights-mismatch" });
});
