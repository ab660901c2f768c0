import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { gunzipSync } from "node:zlib";
import { encodePicture } from "../images/index.js";
import { architectures, buildNetwork, formulaWeights, imagenetLabels, readWeights, writeSafetensors } from "../models/index.js";
import { runCli, type CliResult } from "./cli.testkit.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "osteon-weights-cli-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const run = (...argv: string[]): Promise<CliResult> => runCli(argv, { folder });
async function json<T>(...argv: string[]): Promise<T> {
  const { code, stdout, stderr } = await run(...argv, "--json");
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as T;
}

interface Prediction {
  readonly label: string;
  readonly index: number;
  readonly probability: number;
  readonly top: readonly { index: number; logit: number }[];
}

const shared = path.resolve("../shared/data");
const skip = existsSync(shared) ? false : "shared data absent";

test("one network's .pth, safetensors and ONNX files give the same logits bit for bit, and the photographs their classes", { skip }, async () => {
  const photos = ["chelsea.png", "coffee.png"].map((name) => path.join(shared, "photos", name));
  const results = await Promise.all(
    ["pth", "safetensors", "onnx"].map((extension) =>
      json<{ predictions: Prediction[] }>("predict", "--architecture", "mobilenet_v2", "--weights", path.join(shared, `weights/mobilenet_v2-imagenet.${extension}`), ...photos, "--top", "1000"),
    ),
  );
  const [first, ...others] = results.map(({ predictions }) => predictions);
  assert.deepEqual(first!.map(({ index, label }) => [index, label]), [[285, "Egyptian cat"], [967, "espresso"]]);
  assert.equal(first![0]!.top.length, 1000);
  for (const other of others) assert.deepEqual(other, first);
});

test("ImageNet's labels are torchvision's, a number added where two classes have one name", { skip }, async () => {
  const lines = (await readFile(path.join(shared, "photos/imagenet_classes.txt"), "utf8")).trimEnd().split("\n");
  assert.deepEqual(imagenetLabels.map((label) => label.replace(/ \(\d+\)$/, "")), lines);
  assert.equal(new Set(imagenetLabels).size, 1000);
  assert.deepEqual(imagenetLabels.filter((label) => label.endsWith(")")), ["crane (134)", "crane (517)", "maillot (638)", "maillot (639)"]);
});

test("a Keras file is inspected, imported as safetensors and as ONNX, and runs the same from each", async () => {
  const { vgg } = JSON.parse(await readFile(path.resolve("test/fixtures/models/hdf5.json"), "utf8")) as { vgg: { base64: string } };
  await writeFile(path.join(folder, "vgg.h5"), gunzipSync(Buffer.from(vgg.base64, "base64")));
  const inspected = await json<{ tensors: { name: string; shape: number[] }[]; numbers: number }>("weights", "inspect", "vgg.h5");
  assert.equal(inspected.tensors.length, 20);
  assert.deepEqual(inspected.tensors[0], { name: "block1_conv1/0", storedAs: "float32", shape: [3, 3, 3, 8] });
  assert.match((await run("weights", "inspect", "vgg.h5")).stdout, /20 tensors, 40,173 numbers/);
  // fc1 is for images of 32 pixels, as the grid of the tiny VGG's last map is always 2 x 2.
  const imported = await json<{ classes: number; loaded: number; normalization: { mean: number[] }; changes: string[] }>("weights", "import", "vgg.h5", "--network", "vgg16-tiny", "--out", "vgg.safetensors");
  assert.deepEqual([imported.classes, imported.loaded], [5, 20]);
  assert.match(imported.changes[0]!, /Names and layout of Keras were translated/);
  assert.equal((await run("weights", "import", "vgg.h5", "--network", "vgg16-tiny", "--out", "vgg.onnx")).code, 0);
  const tensors = await readWeights(path.join(folder, "vgg.safetensors"));
  const fromOnnx = await readWeights(path.join(folder, "vgg.onnx"));
  assert.deepEqual([...tensors.keys()].toSorted(), [...fromOnnx.keys()].toSorted());
  for (const [name, value] of tensors) assert.deepEqual(fromOnnx.get(name), value, name);
});

test("imported weights run with the preprocessing that the file states; grey images by sum, mean or repetition", async () => {
  const network = buildNetwork("mobilenet_v2-tiny", { classes: 3 });
  const normalization = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
  await writeSafetensors(path.join(folder, "tiny.safetensors"), formulaWeights(network), { osteonWeights: JSON.stringify({ normalization }) });
  const side = 64;
  const data = Uint8Array.from({ length: 3 * side * side }, (_, i) => (Math.floor(i / 3) * 37) & 255);
  await writeFile(path.join(folder, "grey.png"), await encodePicture({ width: side, height: side, channels: 3, data }, "png"));
  const predict = (how: string): Promise<{ model: { preprocessing: { channels: string; mean: number[] } }; predictions: Prediction[] }> =>
    json("predict", "--architecture", "mobilenet_v2-tiny", "--weights", "tiny.safetensors", "grey.png", "--grey", how);
  const [repeat, sum, mean] = await Promise.all(["repeat", "sum", "mean"].map(predict));
  assert.deepEqual(repeat!.model.preprocessing.mean, [0.5, 0.5, 0.5]);
  assert.deepEqual([sum!.model.preprocessing.channels, sum!.model.preprocessing.mean], ["grey", [0.5]]);
  const logits = (result: typeof repeat): number[] => result!.predictions[0]!.top.toSorted((a, b) => a.index - b.index).map(({ logit }) => logit);
  logits(sum).forEach((value, k) => assert.ok(Math.abs(value - logits(repeat)[k]!) < 1e-4, `${value} ${logits(repeat)[k]}`));
  assert.notDeepEqual(logits(mean), logits(sum));
});

test("what cannot be imported or run is said in one error", async () => {
  const network = buildNetwork("mobilenet_v2-tiny", { classes: 3 });
  const weights = formulaWeights(network);
  for (const name of network.headParameters) weights.delete(name);
  await writeSafetensors(path.join(folder, "headless.safetensors"), weights);
  const errors: [string[], number, RegExp][] = [
    [["weights", "import", "headless.safetensors"], 2, /expected --network, got none/],
    [["weights", "import", "headless.safetensors", "--network", "mobilenet"], 2, /Did you mean "mobilenet_v2/],
    [["weights", "import", "headless.safetensors", "--network", "resnet50-tiny"], 3, /missing: conv1\.weight, .* and \d+ more; \d+ unexpected: features\.0\.0\.weight/],
    [["weights", "import", "headless.safetensors", "--network", "mobilenet_v2-tiny", "--out", "x.onnx"], 2, /A network in ONNX needs all of its weights/],
    [["weights", "import", "headless.safetensors", "--network", "mobilenet_v2-tiny", "--out", "x.pth"], 2, /ends in \.safetensors or \.onnx/],
    [["weights", "inspect", "absent.h5"], 2, /absent\.h5: expected a file of weights/],
    [["weights", "inspect", "notes.txt"], 2, /expected a name that ends in \.safetensors, \.pth, \.pt, \.bin, \.h5/],
    [["predict", "--architecture", "mobilenet_v2-tiny", "image.png"], 2, /expected --weights FILE/],
    [["predict", "--weights", "x.pth", "model.onnx", "image.png"], 2, /expected --architecture/],
    [["predict", "--architecture", "mobilenet_v2-tiny", "--weights", "headless.safetensors", "image.png"], 2, /expected weights with a classifier/],
    [["weights", "pull", "resnet50", "--source", "RadImageNet"], 4, /BMEII-AI\/RadImageNet/],
  ];
  for (const [argv, code, pattern] of errors) {
    const result = await run(...argv);
    assert.equal(result.code, code, `${argv.join(" ")}: ${result.stderr}`);
    assert.match(result.stderr, pattern);
    assert.equal(result.stderr.match(/^error: /gm)?.length, 1);
  }
  const kept = await json<{ classes?: number; loaded: number }>("weights", "import", "headless.safetensors", "--network", "mobilenet_v2-tiny", "--out", "kept.safetensors");
  assert.deepEqual([kept.classes, kept.loaded], [undefined, weights.size]);
  assert.equal((await readWeights(path.join(folder, "kept.safetensors"))).size, weights.size);
});

test("every published source is listed with address, checksum, licence and preprocessing", async () => {
  const { sources, byHand } = await json<{ sources: { url: string; checksum: string; license: string; preprocessing: { size: number } }[]; byHand: { name: string }[] }>("weights", "pull", "resnet50", "--list");
  assert.ok(sources.length >= 2 && sources.every(({ url, checksum, license, preprocessing }) => url.startsWith("https://") && checksum !== "" && license !== "" && preprocessing.size > 0));
  assert.deepEqual(byHand.map(({ name }) => name), ["RadImageNet"]);
  const { stdout } = await run("weights", "list");
  for (const [name, { tiny }] of Object.entries(architectures)) assert.equal(new RegExp(`^${name} `, "m").test(stdout), !tiny, name);
});
