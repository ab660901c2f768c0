import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import type { Tensor } from "../base/index.js";
import { float32, int64, seededRandom, tensor, zeros } from "../base/index.js";
import { createSession } from "../engine/index.js";
import { decodeImage, prepare } from "../images/index.js";
import { architectures } from "./architectures/index.js";
import { formulaTensor, formulaWeights } from "./formula-weights.js";
import { withGreyInput } from "./grey-input.js";
import { loadWeights } from "./load-weights.js";
import { buildNetwork } from "./network.js";
import { readWeights } from "./weights/index.js";

const network = buildNetwork("mobilenet_v2-tiny", { classes: 3 });
const complete = (): Map<string, Tensor> => new Map(formulaWeights(network));

test("a file with every tensor gives its values; counters of batches are left out", () => {
  const file = complete().set("features.0.1.num_batches_tracked", int64([], [7]));
  const { weights, report } = loadWeights(network, file, { head: "keep" });
  assert.deepEqual(weights, formulaWeights(network));
  assert.deepEqual(report, {
    loaded: network.parameters.map(({ name }) => name),
    replaced: [],
    added: [],
    ignored: ["features.0.1.num_batches_tracked"],
    changes: [],
  });
});

test("half and double precision become single precision", () => {
  const bias = new Map<string, Tensor>([
    ["classifier.1.bias", tensor("float16", [3], Uint16Array.of(0x3c00, 0xc000, 0x0001))],
    ["features.0.1.bias", tensor("float64", [16], new Float64Array(16).fill(0.1))],
  ]);
  const { weights } = loadWeights(network, new Map([...complete(), ...bias]), { head: "keep" });
  assert.deepEqual(weights.get("classifier.1.bias")!.data, Float32Array.of(1, -2, 2 ** -24));
  assert.deepEqual(weights.get("features.0.1.bias")!.data, new Float32Array(16).fill(0.1));
});

test("a replaced head starts anew by the seed, whatever the file has there", () => {
  const published = formulaWeights(buildNetwork("mobilenet_v2-tiny", { classes: 10 }));
  const { weights, report } = loadWeights(network, published, { head: "replace", random: seededRandom(1) });
  assert.deepEqual(weights.get("classifier.1.weight")!.shape, [3, 64]);
  assert.deepEqual(weights.get("features.0.0.weight"), published.get("features.0.0.weight"));
  assert.deepEqual(report.replaced, ["classifier.1.weight", "classifier.1.bias"]);
  assert.deepEqual(report.ignored, ["classifier.1.weight", "classifier.1.bias"]);
  const other = loadWeights(network, published, { head: "replace", random: seededRandom(2) });
  assert.notDeepEqual(other.weights.get("classifier.1.weight"), weights.get("classifier.1.weight"));
  const headless = new Map([...published].filter(([name]) => !name.startsWith("classifier")));
  assert.deepEqual(loadWeights(network, headless, { head: "replace", random: seededRandom(1) }).weights, weights);
});

test("missing, unexpected and wrong-shaped tensors are all listed in one error", () => {
  const file = complete();
  file.delete("features.0.0.weight");
  file.set("features.0.0.wieght", zeros("float32", [1])).set("features.0.1.bias", zeros("float32", [16, 1]));
  assert.throws(() => loadWeights(network, file, { head: "keep" }), {
    name: "DataError",
    code: "weights-mismatch",
    message: /1 missing: features\.0\.0\.weight; 1 unexpected: features\.0\.0\.wieght; 1 of another shape: features\.0\.1\.bias \(expected \[16\], got \[16, 1\]\)/,
  });
});

test("a head of other classes names the remedy, and a file for another network is said to be one", () => {
  const otherClasses = formulaWeights(buildNetwork("mobilenet_v2-tiny", { classes: 10 }));
  assert.throws(() => loadWeights(network, otherClasses, { head: "keep" }), { message: /replace the head/ });
  const otherNetwork = formulaWeights(buildNetwork("vgg16-tiny", { classes: 3 }));
  assert.throws(() => loadWeights(network, otherNetwork, { head: "keep" }), { message: /missing: .* and \d+ more; .* unexpected: .*Use a file made for mobilenet_v2-tiny/ });
});

test("integers are no weights", () => {
  assert.throws(() => loadWeights(network, complete().set("classifier.1.bias", int64([3], [1, 2, 3])), { head: "keep" }), { code: "weights-not-float" });
});

const shared = path.resolve("../shared/data");
const skip = existsSync(shared) ? false : "shared data absent";

// Oracle: the class and probability stated beside the data, obtained with PyTorch and Pillow.
const photos = [
  { photo: "chelsea.png", label: 285, probability: 0.278 },
  { photo: "coffee.png", label: 967, probability: 0.525 },
];

/** Probabilities of the published MobileNetV2 for one image [3, 224, 224]. */
async function openPublished(): Promise<{ classify: (image: Float32Array) => Promise<number[]>; release: () => Promise<void> }> {
  const published = buildNetwork("mobilenet_v2", { classes: 1000, batch: 1 });
  const tensors = await readWeights(path.join(shared, "weights/mobilenet_v2-imagenet.safetensors"));
  const { weights } = loadWeights(published, tensors, { head: "keep" });
  const session = await createSession(published.graph);
  return {
    classify: async (image) => {
      const { logits } = await session.run({ input: float32([1, 3, 224, 224], image), ...Object.fromEntries(weights) });
      const exponentials = Array.from(logits!.data as Float32Array, Math.exp);
      const sum = exponentials.reduce((total, value) => total + value, 0);
      return exponentials.map((value) => value / sum);
    },
    release: () => session.release(),
  };
}

/** One line as Pillow resizes it: triangle filter, rounded to 8 bits. */
function resizeLine(line: readonly number[], to: number): number[] {
  const scale = line.length / to;
  const support = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const center = (i + 0.5) * scale;
    let [sum, total] = [0, 0];
    for (let j = Math.max(0, Math.trunc(center - support + 0.5)); j < Math.min(line.length, Math.trunc(center + support + 0.5)); j++) {
      const weight = Math.max(0, 1 - Math.abs((j + 0.5 - center) / support));
      sum += weight * line[j]!;
      total += weight;
    }
    return Math.round(sum / total);
  });
}

/** Short side 256 by two 8-bit passes, columns first; central 224 x 224; normalized. */
async function prepareAsPillow(file: string): Promise<Float32Array> {
  const { pixels, height, width } = await decodeImage(file, { channels: "rgb" });
  const columns = Math.round((256 * width) / height);
  const left = Math.floor((columns - 224) / 2);
  const { mean, std } = architectures.mobilenet_v2.preprocessing;
  const result = new Float32Array(3 * 224 * 224);
  for (let c = 0; c < 3; c++) {
    const row = (y: number): number[] => Array.from(pixels.subarray((c * height + y) * width, (c * height + y + 1) * width), (v) => Math.round(v * 255));
    const narrow = Array.from({ length: height }, (_, y) => resizeLine(row(y), columns));
    for (let x = 0; x < 224; x++) {
      const column = resizeLine(narrow.map((line) => line[left + x]!), 256);
      for (let y = 0; y < 224; y++) result[(c * 224 + y) * 224 + x] = (column[16 + y]! / 255 - mean[c]!) / std[c]!;
    }
  }
  return result;
}

test("published MobileNetV2 weights give the two photographs the stated class and probability", { skip }, async () => {
  const { classify, release } = await openPublished();
  for (const { photo, label, probability } of photos) {
    const probabilities = await classify(await prepareAsPillow(path.join(shared, "photos", photo)));
    assert.equal(probabilities.indexOf(Math.max(...probabilities)), label);
    assert.ok(Math.abs(probabilities[label]! - probability) < 0.002, `${photo}: ${probabilities[label]}`);
  }
  await release();
});

test("prepared in floating point, as every image here is, the photographs keep their class and, within 0.03, its probability", { skip }, async () => {
  const { classify, release } = await openPublished();
  for (const { photo, label, probability } of photos) {
    const image = await decodeImage(path.join(shared, "photos", photo), { channels: "rgb" });
    const probabilities = await classify(prepare(image, architectures.mobilenet_v2.preprocessing));
    assert.equal(probabilities.indexOf(Math.max(...probabilities)), label);
    assert.ok(Math.abs(probabilities[label]! - probability) < 0.03, `${photo}: ${probabilities[label]}`);
  }
  await release();
});

test("names with a common prefix, and DenseNet's older names, are the network's", () => {
  const wrapped = new Map([...complete()].map(([name, value]) => [`module.${name}`, value]));
  const { weights, report } = loadWeights(network, wrapped, { head: "keep" });
  assert.deepEqual(weights, formulaWeights(network));
  assert.deepEqual(report.changes, [`The prefix "module." was left out of ${network.parameters.length} names.`]);
  const dense = buildNetwork("densenet-tiny", { classes: 2 });
  const old = new Map([...formulaWeights(dense)].map(([name, value]) => [name.replace(/(denselayer\d+\.(?:norm|conv))([12])/, "$1.$2"), value]));
  assert.ok([...old.keys()].some((name) => name.includes("norm.1")));
  const older = Object.hasOwn(architectures["densenet121"], "renameParameter") ? "densenet121" : "densenet-tiny";
  assert.deepEqual(loadWeights({ ...dense, architecture: older }, old, { head: "keep" }).weights, formulaWeights(dense));
});

test("parts of a ResNet or DenseNet in a sequence, as RadImageNet has them, are the network's, without its head", () => {
  for (const [name, rename] of [
    ["resnet50-tiny", (key: string): string => key.replace(/^(conv1|bn1|layer[1-4])\./, (_, module: string) => `backbone.${["conv1", "bn1", "", "", "layer1", "layer2", "layer3", "layer4"].indexOf(module)}.`)],
    ["densenet-tiny", (key: string): string => key.replace(/^features\./, "backbone.0.")],
  ] as const) {
    const net = buildNetwork(name, { classes: 2 });
    const file = new Map([...formulaWeights(net)].filter(([key]) => !net.headParameters.includes(key)).map(([key, value]) => [rename(key), value]));
    const { report } = loadWeights(net, file, { head: "replace", random: seededRandom(1) });
    assert.equal(report.loaded.length, file.size);
  }
});

test("weights that are not finite are refused by name and number", () => {
  const file = complete();
  const bias = file.get("classifier.1.bias")!;
  file.set("classifier.1.bias", float32([3], [Number.NaN, 1, Infinity]));
  assert.equal(bias.shape[0], 3);
  assert.throws(() => loadWeights(network, file, { head: "keep" }), { name: "DataError", code: "weights-not-finite", message: /classifier\.1\.bias: expected finite numbers, got 2 of 3/ });
});

test("weights summed over the channels give a grey image the logits of its threefold repetition; their mean gives a third of the first layer", async () => {
  const grey = withGreyInput(network);
  const image = formulaTensor("image", [1, 1, 64, 64], { scale: 1, offset: 0 });
  const run = async (net: typeof network, input: Tensor, weights: ReadonlyMap<string, Tensor>): Promise<number[]> => {
    const session = await createSession(net.graph);
    const { logits } = await session.run({ input, ...Object.fromEntries(weights) });
    await session.release();
    return Array.from(logits!.data as Float32Array);
  };
  const repeated = await run(network, float32([1, 3, 64, 64], Float32Array.of(...image.data, ...image.data, ...image.data)), formulaWeights(network));
  const { weights, report } = loadWeights(grey, complete(), { head: "keep", adaptInput: "sum" });
  assert.deepEqual(report.changes, ["features.0.0.weight: the sum over 3 channels serves the one of grey images."]);
  (await run(grey, image, weights)).forEach((value, k) => assert.ok(Math.abs(value - repeated[k]!) < 1e-5));
  const mean = loadWeights(grey, complete(), { head: "keep", adaptInput: "mean" }).weights.get("features.0.0.weight")!;
  mean.data.forEach((value, i) => assert.ok(Math.abs(3 * value - weights.get("features.0.0.weight")!.data[i]!) < 1e-6));
  assert.throws(() => loadWeights(grey, complete(), { head: "keep" }), { code: "weights-mismatch", message: /expected \[16, 1, 3, 3\], got \[16, 3, 3, 3\].*"sum" or "mean"/ });
});
