import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { gunzipSync } from "node:zlib";
import type { Tensor } from "../base/index.js";
import { float32, sizeOf } from "../base/index.js";
import { createSession } from "../engine/index.js";
import { architectures } from "./architectures/index.js";
import type { ArchitectureName } from "./architectures/index.js";
import { kerasFamilyOf } from "./architectures/keras/index.js";
import type { KerasLayer } from "./architectures/keras/contract.js";
import { formulaTensor, formulaWeights } from "./formula-weights.js";
import { loadWeights } from "./load-weights.js";
import { buildNetwork } from "./network.js";
import type { Network } from "./network.js";
import { readWeights } from "./weights/index.js";

test("a VGG saved by Keras gives the logits of a channels-last computation, also after Flatten", async () => {
  // Reference: scripts/reference/models-hdf5.py, torch 1.13 in double precision, kernels [H, W, in, out], Flatten in the order [H, W, C].
  const { vgg } = JSON.parse(await readFile(path.resolve("test/fixtures/models/hdf5.json"), "utf8")) as { vgg: { base64: string; image: number[]; logits: number[] } };
  const directory = await mkdtemp(path.join(tmpdir(), "osteon-vgg-"));
  try {
    const file = path.join(directory, "vgg.h5");
    await writeFile(file, gunzipSync(Buffer.from(vgg.base64, "base64")));
    const network = buildNetwork("vgg16-tiny", { classes: 5, inputSize: 32 });
    const { weights, report } = loadWeights(network, await readWeights(file), { head: "keep" });
    assert.match(report.changes[0]!, /less \[0\.485, 0\.458, 0\.4076\], divided by \[0\.003922/);
    // The file's network takes blue, green, red; ours red, green, blue.
    const [red, green, blue] = [0, 1, 2].map((c) => vgg.image.slice(c * 1024, (c + 1) * 1024));
    const input = float32([1, 3, 32, 32], [...blue!, ...green!, ...red!]);
    const session = await createSession(network.graph);
    const { logits } = await session.run({ input, ...Object.fromEntries(weights) });
    await session.release();
    const scale = Math.max(...vgg.logits.map(Math.abs));
    vgg.logits.forEach((value, k) => assert.ok(Math.abs((logits!.data as Float32Array)[k]! - value) < 1e-5 * scale, `${k}: ${String(logits!.data)} ${String(vgg.logits)}`));
  } finally {
    await rm(directory, { recursive: true });
  }
});

const permute = ({ shape, data }: Tensor<"float32">, order: readonly number[]): Tensor<"float32"> => {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const extents = order.map((axis) => shape[axis]!);
  const result = Array.from({ length: data.length }, (_, i) => {
    let [rest, at] = [i, 0];
    for (let k = extents.length - 1; k >= 0; k--) {
      at += (rest % extents[k]!) * strides[order[k]!]!;
      rest = Math.floor(rest / extents[k]!);
    }
    return data[at]!;
  });
  return float32(extents, result);
};

/** What Keras would have saved of the values: the inverse of loading, layer by layer. */
function asKeras(network: Network, weights: ReadonlyMap<string, Tensor<"float32">>): Map<string, Tensor> {
  const family = kerasFamilyOf(network.architecture)!;
  const modules = new Map(network.parameters.filter(({ name }) => name.endsWith(".weight")).map(({ name, shape }) => [name.slice(0, -7), shape]));
  const epsilon = 1e-5;
  const file = new Map<string, Tensor>([["normalization/0", float32([3], [0, 0, 0])], ["normalization/2", float32([], [0])]]);
  const arraysOf = (layer: KerasLayer): (Tensor<"float32"> | undefined)[] => {
    const weight = weights.get(`${layer.module}.weight`);
    const bias = weights.get(`${layer.module}.bias`);
    if (layer.kind === "layer-scale") return [weights.get(layer.parameter)].map((value) => value && float32([value.data.length], value.data));
    if (layer.kind === "dense") return [permute(weight!, [1, 0]), bias];
    if (layer.kind === "batch-normalization") {
      const node = network.graph.nodes.find(({ inputs }) => inputs[4] === `${layer.module}.running_var`)!;
      const own = node.attributes["epsilon"]?.kind === "float" ? node.attributes["epsilon"].value : epsilon;
      const variance = weights.get(`${layer.module}.running_var`)!;
      return [weight, bias, weights.get(`${layer.module}.running_mean`), float32(variance.shape, variance.data.map((value) => value - (layer.epsilon - own)))];
    }
    if (layer.kind === "layer-normalization") return [weight, bias];
    if (layer.kind === "separable") return [permute(weight!, [2, 3, 0, 1]), permute(weights.get(`${layer.pointwise}.weight`)!, [2, 3, 1, 0])];
    const kernel = permute(weight!, layer.kind === "convolution" ? [2, 3, 1, 0] : [2, 3, 0, 1]);
    const isReversed = layer.module === family.first && family.normalization.order === "bgr";
    return [isReversed ? float32(kernel.shape, kernel.data.map((_, i) => kernel.data[i + kernel.shape[3]! * 2 * (1 - (Math.floor(i / kernel.shape[3]!) % 3))]!)) : kernel, bias];
  };
  for (const layer of family.layers(modules, [])) {
    arraysOf(layer).forEach((value, i) => value && file.set(`${layer.names[0]}/${i}`, value));
  }
  return file;
}

const tiny = (Object.keys(architectures) as ArchitectureName[]).filter((name) => name.endsWith("-tiny") && kerasFamilyOf(name) !== undefined && !/vgg|drawn/.test(name));
for (const name of tiny) {
  test(`${name}: what Keras would have saved of it loads as it was, with no tensor missing or left over`, () => {
    const network = buildNetwork(name, { classes: 3 });
    const weights = formulaWeights(network);
    const loaded = loadWeights(network, asKeras(network, weights), { head: "keep" });
    for (const [parameter, value] of weights) {
      if (loaded.report.added.includes(parameter)) continue;
      assert.deepEqual(loaded.weights.get(parameter)!.shape, value.shape, parameter);
      value.data.forEach((number, i) => assert.ok(Math.abs(loaded.weights.get(parameter)!.data[i]! - number) < 1e-6, parameter));
    }
  });
}

/**
 * Layers with weights in keras.applications, counted by hand from its definitions: resnet50, for example, has 2 in the stem, 6 in each of
 * 16 blocks, 8 in the shortcuts and 1 in the head.
 */
const published: Record<string, { count: number; names: string[] }> = {
  vgg16: { count: 16, names: ["block1_conv1", "block3_conv3", "block5_conv3", "fc1", "predictions"] },
  vgg19: { count: 19, names: ["block3_conv4", "block5_conv4", "fc2"] },
  resnet50: { count: 107, names: ["conv1_conv", "conv2_block1_0_bn", "conv3_block4_3_conv", "conv5_block3_3_bn"] },
  mobilenet_v2: { count: 105, names: ["Conv1", "expanded_conv_project_BN", "block_1_expand", "block_16_depthwise_BN", "Conv_1_bn"] },
  densenet121: { count: 242, names: ["conv1_bn", "conv2_block6_2_conv", "pool4_conv", "conv5_block16_1_bn", "bn"] },
  efficientnet_v2_m: { count: 403, names: ["stem_bn", "block1c_project_conv", "block3e_expand_bn", "block4a_dwconv2", "block7e_se_reduce", "top_bn"] },
  xception: { count: 81, names: ["block1_conv2_bn", "conv2d_4", "batch_normalization_1", "block2_sepconv1", "block12_sepconv3_bn", "block13_sepconv2", "block14_sepconv2_bn"] },
  convnext_base: { count: 190, names: ["x_stem_conv", "x_stage_2_block_26_pointwise_conv_2", "x_downsampling_conv_2", "x_head_dense"] },
};
for (const [name, { count, names }] of Object.entries(published)) {
  test(`${name}: the layers with weights have keras.applications' names, and fill every parameter`, () => {
    const network = buildNetwork(name as ArchitectureName, { classes: 1000 });
    const modules = new Map(network.parameters.filter((spec) => spec.name.endsWith(".weight")).map((spec) => [spec.name.slice(0, -7), spec.shape]));
    const layers = kerasFamilyOf(name)!.layers(modules, ["x_stem_conv"]);
    assert.equal(new Set(layers.flatMap((layer) => layer.names[0]!)).size, layers.length);
    for (const layer of names) assert.ok(layers.some((candidate) => candidate.names[0] === layer), layer);
    const filled = new Set(layers.flatMap((layer) => (layer.kind === "layer-scale" ? [] : layer.kind === "separable" ? [layer.module, layer.pointwise] : [layer.module])));
    assert.deepEqual([...modules.keys()].filter((module) => !filled.has(module)), []);
    assert.equal(layers.length, count);
  });
}

test("biases of Keras's convolutions are taken up by the normalization behind them", () => {
  const network = buildNetwork("resnet50-tiny", { classes: 3 });
  const weights = formulaWeights(network);
  const file = asKeras(network, weights);
  const bias = formulaTensor("bias", [weights.get("bn1.bias")!.data.length], { scale: 1, offset: 0 });
  file.set("conv1_conv/1", bias);
  const { weights: loaded } = loadWeights(network, file, { head: "keep" });
  loaded.get("bn1.running_mean")!.data.forEach((value, i) => assert.ok(Math.abs(value - (weights.get("bn1.running_mean")!.data[i]! - bias.data[i]!)) < 1e-6));
});

test("a layer of Keras that the network does not have is found as unexpected, under Keras's name", () => {
  const network = buildNetwork("resnet50-tiny", { classes: 3 });
  const file = asKeras(network, formulaWeights(network)).set("extra/0", float32([2], [1, 2]));
  assert.throws(() => loadWeights(network, file, { head: "keep" }), { code: "weights-mismatch", message: /1 unexpected: extra\/0\. / });
});
