import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import type { Tensor } from "../../base/index.js";
import { float32, seededRandom, sizeOf } from "../../base/index.js";
import { createSession } from "../../engine/index.js";
import type { Graph } from "../../graph/index.js";
import { countMultiplyAdds, countParameters } from "../cost.js";
import { formulaTensor, formulaWeights } from "../formula-weights.js";
import { initializeWeights } from "../initialize-weights.js";
import { buildNetwork } from "../network.js";
import type { ParameterSpec } from "./network-builder.js";
import { NetworkBuilder } from "./network-builder.js";
import { architectures } from "./index.js";
import type { ArchitectureName } from "./index.js";
import { buildResNet } from "./resnet.js";

interface Reference {
  formula: { name: string; scale: number; offset: number; values: number[] };
  networks: Record<string, { size: number; parameters: number; shape: [number, number]; logits: number[] }>;
}

// Reference: torchvision 0.14, scripts/reference/models-logits.py.
const { networks: references, formula } = JSON.parse(await readFile(path.resolve("test/fixtures/models/logits.json"), "utf8")) as Reference;
const names = Object.keys(architectures) as ArchitectureName[];

/** Two images of 8 x 8 patches of one color each, as the reference script makes them. */
function patches(size: number): Tensor<"float32"> {
  const coarse = formulaTensor("input", [2, 3, 8, 8], { scale: 2, offset: 0 }).data;
  const data = new Float32Array(6 * size * size);
  const at = (i: number): number => Math.floor((i * 8) / size);
  for (let i = 0; i < data.length; i++) {
    const plane = Math.floor(i / (size * size));
    data[i] = coarse[plane * 64 + at(Math.floor(i / size) % size) * 8 + at(i % size)]!;
  }
  return float32([2, 3, size, size], data);
}

/** Largest difference of the logits, relative to the largest reference logit. */
async function compareLogits(key: string, graph: Graph, weights: ReadonlyMap<string, Tensor>): Promise<number> {
  const reference = references[key]!;
  const session = await createSession(graph);
  const { logits } = await session.run({ input: patches(reference.size), ...Object.fromEntries(weights) });
  await session.release();
  assert.deepEqual(logits!.shape, reference.shape);
  const values = logits!.data as Float32Array;
  const largest = Math.max(...reference.logits.map(Math.abs));
  return Math.max(...reference.logits.map((expected, i) => Math.abs(values[i]! - expected))) / largest;
}

test("the formula's values are the reference script's to the last bit", () => {
  const { data } = formulaTensor(formula.name, [formula.values.length], formula);
  assert.deepEqual(Array.from(data), formula.values);
});

for (const key of Object.keys(references).filter((key) => key !== "resnet18")) {
  test(`${key}: logits equal torchvision's for the same weights within 1e-4`, async () => {
    const { size, shape, parameters } = references[key]!;
    const network = buildNetwork(key.split(" ")[0] as ArchitectureName, { classes: shape[1], inputSize: size });
    assert.equal(countParameters(network), parameters);
    const difference = await compareLogits(key, network.graph, formulaWeights(network));
    assert.ok(difference < 1e-4, `${difference}`);
  });
}

test("basic residual blocks, as in ResNet-18, equal torchvision's within 1e-4", async () => {
  const builder = new NetworkBuilder("resnet18", { batch: "N", size: 64 });
  const logits = buildResNet(builder, { block: "basic", depths: [2, 2, 2, 2], width: 8 }, { classes: 3, inputSize: 64, dropout: 0 });
  const parameters: readonly ParameterSpec[] = builder.parameters;
  const graph = builder.build(logits);
  const difference = await compareLogits("resnet18", graph, formulaWeights({ parameters }));
  assert.ok(difference < 1e-4, `${difference}`);
});

test("residual networks of 18 to 152 layers have the published number of parameters", () => {
  const published = [
    { block: "basic", depths: [2, 2, 2, 2], parameters: 11_689_512 },
    { block: "basic", depths: [3, 4, 6, 3], parameters: 21_797_672 },
    { block: "bottleneck", depths: [3, 4, 23, 3], parameters: 44_549_160 },
    { block: "bottleneck", depths: [3, 8, 36, 3], parameters: 60_192_808 },
  ] as const;
  for (const { block, depths, parameters } of published) {
    const builder = new NetworkBuilder("resnet", { batch: "N", size: 224 });
    buildResNet(builder, { block, depths, width: 64 }, { classes: 1000, inputSize: 224, dropout: 0 });
    assert.equal(countParameters(builder), parameters);
  }
});

for (const name of names) {
  const facts = architectures[name];

  test(`${name}: parameters and multiply-adds are the published ones`, () => {
    const network = buildNetwork(name, { classes: facts.publishedClasses });
    assert.equal(countParameters(network), facts.params);
    assert.equal(countMultiplyAdds(network.graph), facts.multiplyAdds);
  });

  test(`${name}: inputs are the image and every parameter, the output is the logits`, () => {
    const network = buildNetwork(name, { classes: 3 });
    const { graph } = network;
    assert.deepEqual(graph.inputs.map((input) => input.name), ["input", ...network.parameters.map((spec) => spec.name)]);
    assert.deepEqual(graph.inputs[0]!.shape, ["N", 3, facts.inputSize, facts.inputSize]);
    assert.deepEqual(graph.outputs, [{ name: "logits", dtype: "float32", shape: ["N", 3] }]);
  });

  test(`${name}: stages follow one another from the image to the final linear layer`, () => {
    const network = buildNetwork(name, { classes: 3 });
    const producers = new Map(network.graph.nodes.flatMap((node, i) => node.outputs.map((output): [string, number] => [output, i])));
    const positions = network.stages.map((stage) => producers.get(stage.output) ?? -1);
    assert.ok(positions.every((position, i) => position > (positions[i - 1] ?? -1)), String(positions));
    assert.equal(network.stages.at(-1)!.name, "classifier");
    assert.deepEqual(network.parameters.filter(({ stage }) => stage === "classifier").map((spec) => spec.name), network.headParameters);
    const stageNames = network.stages.map((stage) => stage.name);
    assert.deepEqual([...new Set(network.parameters.map((spec) => spec.stage))], stageNames);
  });

  test(`${name}: the Grad-CAM layer is the last feature map and more than one position wide`, () => {
    const network = buildNetwork(name, { classes: 3 });
    const shape = network.graph.values.get(network.camLayer)!.shape;
    assert.equal(shape.length, 4);
    assert.ok(Number(shape[2]) > 1 && shape[2] === shape[3], String(shape));
    const at = network.graph.nodes.findIndex((node) => node.outputs.includes(network.camLayer));
    const later = network.graph.nodes.slice(at + 1);
    assert.ok(later.every((node) => node.op !== "Conv" && node.op !== "BatchNormalization"));
  });

  // The same rules as at full size, with a hundredth of the numbers.
  if (facts.tiny) test(`${name}: first values follow torchvision's distributions and the seed alone`, () => {
    const network = buildNetwork(name, { classes: 3 });
    const weights = initializeWeights(network, seededRandom(5));
    assert.deepEqual(weights, initializeWeights(network, seededRandom(5)));
    assert.notDeepEqual(weights, initializeWeights(network, seededRandom(6)));
    for (const spec of network.parameters) checkDistribution(spec, weights.get(spec.name)!.data);
  });

  test(`${name}: the smallest image it allows still has a position, a smaller one is refused`, () => {
    buildNetwork(name, { classes: 2, inputSize: facts.minInputSize });
    assert.throws(() => buildNetwork(name, { classes: 2, inputSize: facts.minInputSize - 1 }), { code: "network-option" });
  });

  test(`${name}: a batch of fixed size and another rate of dropout are built as asked`, () => {
    const network = buildNetwork(name, { classes: 2, batch: 4, dropout: 0.25 });
    assert.deepEqual(network.graph.outputs[0]!.shape, [4, 2]);
    assert.ok(network.graph.nodes.some((node) => node.op === "Dropout"));
    assert.ok(!buildNetwork(name, { classes: 2, dropout: 0 }).graph.nodes.some((node) => node.op === "Dropout"));
  });
}

/** Mean and deviation within five standard errors, from the role's published distribution. */
function checkDistribution(spec: ParameterSpec, data: Float32Array): void {
  const n = sizeOf(spec.shape);
  const { init } = spec;
  if (init.distribution === "constant") return assert.ok(data.every((value) => value === init.value), spec.name);
  const std = init.distribution === "normal" ? init.std : init.bound / Math.sqrt(3);
  const mean = data.reduce((sum, value) => sum + value, 0) / n;
  const variance = data.reduce((sum, value) => sum + value * value, 0) / n;
  assert.ok(Math.abs(mean) < (5 * std) / Math.sqrt(n), `${spec.name}: mean ${mean}`);
  assert.ok(Math.abs(variance / std ** 2 - 1) < 5 * Math.sqrt(2 / n), `${spec.name}: variance ${variance}, expected ${std ** 2}`);
}

test("the distributions are torchvision's: worked by hand for one layer of each kind", () => {
  const initOf = (name: ArchitectureName, parameter: string): unknown =>
    buildNetwork(name, { classes: 3 }).parameters.find((spec) => spec.name === parameter)!.init;
  const normal = (std: number): unknown => ({ distribution: "normal", std });
  // Fan out: outputs times positions, also where the convolution is depthwise.
  assert.deepEqual(initOf("mobilenet_v2", "features.0.0.weight"), normal(Math.sqrt(2 / (32 * 9))));
  assert.deepEqual(initOf("mobilenet_v2", "features.1.conv.0.0.weight"), normal(Math.sqrt(2 / (32 * 9))));
  assert.deepEqual(initOf("mobilenet_v2", "classifier.1.weight"), normal(0.01));
  assert.deepEqual(initOf("resnet50", "layer4.2.conv3.weight"), normal(Math.sqrt(2 / 2048)));
  assert.deepEqual(initOf("resnet50", "fc.bias"), { distribution: "uniform", bound: 1 / Math.sqrt(2048) });
  assert.deepEqual(initOf("vgg16", "features.28.weight"), normal(Math.sqrt(2 / (512 * 9))));
  assert.deepEqual(initOf("vgg16", "classifier.0.weight"), normal(0.01));
});

test("unknown names and options out of range are refused with what was expected", () => {
  assert.throws(() => buildNetwork("resnet51" as "resnet50", { classes: 2 }), { code: "unknown-network", message: /Did you mean "resnet50"/ });
  assert.throws(() => buildNetwork("toString" as "resnet50", { classes: 2 }), { code: "unknown-network" });
  for (const options of [{ classes: 0 }, { classes: 1.5 }, { classes: NaN }, { classes: 2, inputSize: 100.5 }, { classes: 2, batch: 0 }, { classes: 2, dropout: 1 }, { classes: 2, dropout: NaN }]) {
    assert.throws(() => buildNetwork("resnet50-tiny", options), { code: "network-option" }, JSON.stringify(options));
  }
});
