import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom, sizeOf } from "../../base/index.js";
import { countMultiplyAdds, countParameters } from "../cost.js";
import { initializeWeights } from "../initialize-weights.js";
import { buildNetwork } from "../network.js";
import type { ParameterSpec } from "./network-builder.js";
import { architectures } from "./index.js";
import type { ArchitectureName } from "./index.js";

const names = Object.keys(architectures) as ArchitectureName[];

/** Multiply-adds in units of 10^9, as torchvision's table of classification weights states them ("GFLOPS"). */
const publishedGiga: Readonly<Partial<Record<ArchitectureName, number>>> = {
  convnext_base: 15.355, convnext_large: 34.361, convnext_small: 8.684, convnext_tiny: 4.456,
  densenet121: 2.834, densenet169: 3.36, densenet201: 4.291,
  efficientnet_b0: 0.386, efficientnet_b1: 0.687, efficientnet_b2: 1.088, efficientnet_b3: 1.827, efficientnet_b4: 4.394,
  efficientnet_v2_s: 8.366, efficientnet_v2_m: 24.582, efficientnet_v2_l: 56.08,
  mobilenet_v2: 0.301,
  resnet18: 1.814, resnet34: 3.664, resnet50: 4.089, resnet101: 7.801, resnet152: 11.514,
  vgg11: 7.609, vgg11_bn: 7.609, vgg13: 11.308, vgg13_bn: 11.308, vgg16: 15.47, vgg16_bn: 15.47, vgg19: 19.632, vgg19_bn: 19.632,
};

test("multiply-adds of the facts are the published ones, to the digits that are published", () => {
  for (const [name, giga] of Object.entries(publishedGiga) as [ArchitectureName, number][]) {
    assert.equal(Math.round(architectures[name].multiplyAdds / 1e6) / 1e3, giga, name);
  }
});

test("every family has a tiny variant", () => {
  const families = (tiny: boolean): Set<string> => new Set(names.filter((name) => architectures[name].tiny === tiny).map((name) => architectures[name].reference.id));
  assert.deepEqual(families(true), families(false));
});

for (const name of names) {
  const facts = architectures[name];
  const network = buildNetwork(name, { classes: 3 });

  test(`${name}: parameters and multiply-adds are the published ones`, () => {
    const whole = buildNetwork(name, { classes: facts.publishedClasses });
    assert.equal(countParameters(whole), facts.params);
    assert.equal(countMultiplyAdds(whole.graph), facts.multiplyAdds);
  });

  test(`${name}: inputs are the image and every parameter, the output is the logits`, () => {
    const { graph } = network;
    assert.deepEqual(graph.inputs.map((input) => input.name), ["input", ...network.parameters.map((spec) => spec.name)]);
    assert.deepEqual(graph.inputs[0]!.shape, ["N", 3, facts.inputSize, facts.inputSize]);
    assert.deepEqual(graph.outputs, [{ name: "logits", dtype: "float32", shape: ["N", 3] }]);
  });

  test(`${name}: stages follow one another from the image to the final linear layer`, () => {
    const producers = new Map(network.graph.nodes.flatMap((node, i) => node.outputs.map((output): [string, number] => [output, i])));
    const positions = network.stages.map((stage) => producers.get(stage.output) ?? -1);
    assert.ok(positions.every((position, i) => position > (positions[i - 1] ?? -1)), String(positions));
    assert.equal(network.stages.at(-1)!.name, "classifier");
    assert.deepEqual(network.parameters.filter(({ stage }) => stage === "classifier").map((spec) => spec.name), network.headParameters);
    const stageNames = network.stages.map((stage) => stage.name);
    assert.deepEqual([...new Set(network.parameters.map((spec) => spec.stage))], stageNames);
  });

  test(`${name}: a stage ends in one value, from which all that follows is made, so that what lies before can be frozen`, () => {
    for (const { name: stage, output } of network.stages) {
      const needed = new Set(["logits"]);
      for (const node of network.graph.nodes.toReversed()) {
        if (node.outputs.some((value) => value !== output && needed.has(value))) node.inputs.forEach((value) => needed.add(value));
      }
      assert.ok(!needed.has("input"), stage);
    }
  });

  test(`${name}: the Grad-CAM layer is the last feature map and more than one position wide`, () => {
    const shape = network.graph.values.get(network.camLayer)!.shape;
    assert.equal(shape.length, 4);
    assert.ok(Number(shape[2]) > 1 && shape[2] === shape[3], String(shape));
    const at = network.graph.nodes.findIndex((node) => node.outputs.includes(network.camLayer));
    const later = network.graph.nodes.slice(at + 1);
    assert.ok(later.every((node) => node.op !== "Conv" && node.op !== "BatchNormalization"));
  });

  // The same rules as at full size, with a hundredth of the numbers.
  if (facts.tiny) test(`${name}: first values follow torchvision's distributions and the seed alone`, () => {
    const weights = initializeWeights(network, seededRandom(5));
    assert.deepEqual(weights, initializeWeights(network, seededRandom(5)));
    assert.notDeepEqual(weights, initializeWeights(network, seededRandom(6)));
    for (const spec of network.parameters) checkDistribution(spec, weights.get(spec.name)!.data);
  });

  test(`${name}: the smallest image it allows still has a position, a smaller one is refused`, () => {
    buildNetwork(name, { classes: 2, inputSize: facts.minInputSize });
    assert.throws(() => buildNetwork(name, { classes: 2, inputSize: facts.minInputSize - 1 }), { code: "network-option" });
  });

  test(`${name}: branches are left out with a probability that rises toward the published one`, () => {
    const rates = [...network.droppedBranches!.values()];
    const highest = facts.stochasticDepth ?? 0;
    assert.ok(rates.every((rate, i) => rate > (rates[i - 1] ?? 0) && rate <= highest), rates.join());
    assert.equal(rates.length > 0, highest > 0);
    for (const value of network.droppedBranches!.keys()) assert.equal(network.graph.nodes.filter(({ inputs }) => inputs.includes(value)).length, 1, value);
  });

  test(`${name}: a batch of fixed size and another rate of dropout are built as asked`, () => {
    const fixed = buildNetwork(name, { classes: 2, batch: 4, dropout: 0.25 });
    assert.deepEqual(fixed.graph.outputs[0]!.shape, [4, 2]);
    assert.ok(fixed.graph.nodes.some((node) => node.op === "Dropout"));
    assert.ok(!buildNetwork(name, { classes: 2, dropout: 0 }).graph.nodes.some((node) => node.op === "Dropout"));
  });
}

/** Mean and deviation within five standard errors, from the role's published distribution. */
function checkDistribution(spec: ParameterSpec, data: Float32Array): void {
  const n = sizeOf(spec.shape);
  const { init } = spec;
  if (init.distribution === "constant") return assert.ok(data.every((value) => value === Math.fround(init.value)), spec.name);
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
  // Fan in, by torch.nn.init's default.
  assert.deepEqual(initOf("densenet121", "features.denseblock1.denselayer1.conv2.weight"), normal(Math.sqrt(2 / (128 * 9))));
  assert.deepEqual(initOf("densenet121", "classifier.weight"), { distribution: "uniform", bound: 1 / 32 });
  assert.deepEqual(initOf("densenet121", "classifier.bias"), { distribution: "constant", value: 0 });
  // The head of EfficientNet goes by the number of classes.
  assert.deepEqual(initOf("efficientnet_b0", "classifier.1.weight"), { distribution: "uniform", bound: 1 / Math.sqrt(3) });
  assert.deepEqual(initOf("efficientnet_b0", "features.1.0.block.1.fc1.weight"), normal(Math.sqrt(2 / 8)));
  assert.deepEqual(initOf("resnet50", "fc.bias"), { distribution: "uniform", bound: 1 / Math.sqrt(2048) });
  assert.deepEqual(initOf("vgg16", "features.28.weight"), normal(Math.sqrt(2 / (512 * 9))));
  assert.deepEqual(initOf("vgg16", "classifier.0.weight"), normal(0.01));
});

test("older published names of DenseNet's parameters lead to the network's own", () => {
  const rename = architectures.densenet121.renameParameter!;
  // As in the file torchvision publishes: torchvision.models.densenet._load_state_dict.
  assert.equal(rename("features.denseblock1.denselayer2.norm.1.running_mean"), "features.denseblock1.denselayer2.norm1.running_mean");
  assert.equal(rename("features.denseblock4.denselayer16.conv.2.weight"), "features.denseblock4.denselayer16.conv2.weight");
  for (const { name } of buildNetwork("densenet121", { classes: 3 }).parameters) assert.equal(rename(name), name);
});

test("normalization of EfficientNetV2 adds 1e-3 to the variance, that of the first version 1e-5", () => {
  const epsilons = (name: ArchitectureName): unknown[] => {
    const nodes = buildNetwork(name, { classes: 3 }).graph.nodes.filter(({ op }) => op === "BatchNormalization");
    return [...new Set(nodes.map(({ attributes: { epsilon } }) => (epsilon?.kind === "float" ? epsilon.value : undefined)))];
  };
  assert.deepEqual(epsilons("efficientnet_v2_s"), [1e-3]);
  assert.deepEqual(epsilons("efficientnet_b0"), [1e-5]);
});

test("unknown names and options out of range are refused with what was expected", () => {
  assert.throws(() => buildNetwork("resnet51" as "resnet50", { classes: 2 }), { code: "unknown-network", message: /Did you mean "resnet50"/ });
  assert.throws(() => buildNetwork("toString" as "resnet50", { classes: 2 }), { code: "unknown-network" });
  for (const options of [{ classes: 0 }, { classes: 1.5 }, { classes: NaN }, { classes: 2, inputSize: 100.5 }, { classes: 2, batch: 0 }, { classes: 2, dropout: 1 }, { classes: 2, dropout: NaN }]) {
    assert.throws(() => buildNetwork("resnet50-tiny", options), { code: "network-option" }, JSON.stringify(options));
  }
});
