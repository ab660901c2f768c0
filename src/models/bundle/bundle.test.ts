import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { bindConstants, encodeModel, opsetOf } from "../../graph/index.js";
import { DataError, float32 } from "../../base/index.js";
import { createSession } from "../../engine/index.js";
import { architectures } from "../architectures/index.js";
import { formulaWeights } from "../formula-weights.js";
import { buildNetwork } from "../network.js";
import { readBundle, writeBundle } from "./bundle.js";
import type { BundleMetadata } from "./metadata.js";
import { parseMetadata } from "./metadata.js";

const directory = await mkdtemp(path.join(tmpdir(), "osteon-bundle-"));
after(() => rm(directory, { recursive: true }));

const network = buildNetwork("resnet50-tiny", { classes: 2, inputSize: 32 });
const { graph } = bindConstants(network.graph, formulaWeights(network));
const metadata: BundleMetadata = {
  version: 1,
  architecture: "resnet50-tiny",
  labels: ["normal", "Skoliose, größer als 10°"],
  preprocessing: { ...architectures["resnet50-tiny"].preprocessing, size: 32 },
  camLayer: network.camLayer,
  training: { seed: 7, epochs: [{ loss: 0.5 }] },
};

test("a bundle comes back with its metadata, and its graph gives the same logits", async () => {
  const file = path.join(directory, "model.onnx");
  await writeBundle(file, { graph, metadata });
  const back = await readBundle(file);
  assert.deepEqual(back.metadata, metadata);
  for (const [name, value] of graph.initializers) assert.deepEqual(back.graph.initializers.get(name), value, name);
  const input = float32([1, 3, 32, 32], new Float32Array(3072).fill(0.5));
  const logits = await Promise.all([graph, back.graph].map(async (each) => {
    const session = await createSession(each);
    const outputs = await session.run({ input });
    await session.release();
    return outputs.logits;
  }));
  assert.deepEqual(logits[0], logits[1]);
});

test("the same bundle gives the same bytes, and no temporary file is left", async () => {
  const folder = await mkdtemp(path.join(directory, "twice-"));
  await writeBundle(path.join(folder, "a.onnx"), { graph, metadata });
  await writeBundle(path.join(folder, "b.onnx"), { graph, metadata });
  assert.deepEqual(await readFile(path.join(folder, "a.onnx")), await readFile(path.join(folder, "b.onnx")));
  assert.deepEqual(await readdir(folder), ["a.onnx", "b.onnx"]);
});

test("a damaged file, a missing file, and a model without description are refused as such", async () => {
  const file = path.join(directory, "model.onnx");
  await writeBundle(file, { graph, metadata });
  const whole = await readFile(file);
  const cut = path.join(directory, "cut.onnx");
  await writeFile(cut, whole.subarray(0, whole.length - 1000));
  await assert.rejects(readBundle(cut), (error) => error instanceof DataError && error.message.startsWith("cut.onnx: "));
  await assert.rejects(readBundle(path.join(directory, "none.onnx")), { code: "model-missing" });
  await assert.rejects(readBundle(directory), { code: "model-unreadable" });
  const plain = path.join(directory, "plain.onnx");
  await writeFile(plain, encodeModel({ graph, opsets: opsetOf(graph), producer: "another", metadata: {} }));
  await assert.rejects(readBundle(plain), { code: "model-metadata", message: /not made by Osteon/ });
});

test("metadata that would not be read back is not written", async () => {
  const wrong = { ...metadata, labels: ["one", "one"] };
  const file = path.join(directory, "wrong.onnx");
  await assert.rejects(writeBundle(file, { graph, metadata: wrong }), { code: "model-metadata", message: /labels: a label is given twice/ });
  await assert.rejects(readFile(file), { code: "ENOENT" });
});

const hostile: { item: string; change: Record<string, unknown> }[] = [
  { item: "another version", change: { version: 2 } },
  { item: "a network without a name", change: { architecture: "" } },
  { item: "no labels", change: { labels: [] } },
  { item: "an empty label", change: { labels: [""] } },
  { item: "labels that are not text", change: { labels: [1, 2] } },
  { item: "a size of 10^9 pixels", change: { preprocessing: { ...metadata.preprocessing, size: 1e9 } } },
  { item: "a deviation of zero", change: { preprocessing: { ...metadata.preprocessing, std: [0, 1, 1] } } },
  { item: "two means", change: { preprocessing: { ...metadata.preprocessing, mean: [0, 0], std: [1, 1] } } },
  { item: "an unknown field", change: { extra: 1 } },
  { item: "a training record that is a list", change: { training: [1] } },
];

for (const { item, change } of hostile) {
  test(`a description with ${item} is refused`, () => {
    assert.throws(() => parseMetadata(JSON.stringify({ ...metadata, ...change }), "m.onnx"), { name: "DataError", code: "model-metadata" });
  });
}

test("text that is no JSON, and JSON that is no object, are refused", () => {
  for (const text of ["", "{", "null", "[]", '"x"', "1"]) assert.throws(() => parseMetadata(text, "m.onnx"), { code: "model-metadata" });
});
