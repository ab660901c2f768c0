import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import * as node from "onnxruntime-node";
import * as web from "onnxruntime-web";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { seededRandom } from "../base/index.js";
import { explainedGraph } from "../explain/index.js";
import { decodeImage, prepare, type Preprocessing } from "../images/index.js";
import { buildNetwork, initializeWeights, writeBundle, type ArchitectureName } from "../models/index.js";
import { runCli } from "./cli.testkit.js";

const labels = ["normal", "scoliosis", "other"];

/** What a model says of one image: three probabilities and a map, by whatever program. */
export interface Answer {
  readonly probabilities: readonly number[];
  readonly map: readonly number[];
}

export const chromiumFile = "/usr/bin/chromium";
/** Why the page is not opened, or false where a browser is here. */
export const noBrowser: string | false = existsSync(chromiumFile) ? false : `no browser at ${chromiumFile}`;

/** A model file of a network with drawn weights, explained and described as a study does it. */
export async function makeModel(folder: string, architecture: ArchitectureName, size: number): Promise<string> {
  const network = buildNetwork(architecture, { classes: labels.length, inputSize: size });
  const graph = explainedGraph(network, initializeWeights(network, seededRandom("everywhere", architecture)));
  const file = path.join(folder, `${architecture}.onnx`);
  const preprocessing: Preprocessing = { channels: "grey", size, resize: "letterbox", mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], fill: 0 };
  await writeBundle(file, { graph, metadata: { version: 1, architecture, labels, preprocessing, camLayer: network.camLayer, training: {} } });
  return file;
}

/** A grey image with some structure. */
export async function makePicture(file: string, width: number, height: number): Promise<string> {
  const random = seededRandom("picture", width, height);
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => 60 + 90 * Number((i % width) * 3 > width && Math.floor(i / width) * 2 > height) + random.integer(40));
  await writeFile(file, await sharp(pixels, { raw: { width, height, channels: 1 } }).png().toBuffer());
  return file;
}

/** Fields of one level of a protobuf message: number and bytes of each that has a length. */
function* readFields(bytes: Uint8Array): Generator<readonly [field: number, content: Uint8Array]> {
  let at = 0;
  const varint = (): number => {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = bytes[at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag % 8 === 0) varint();
    else if (tag % 8 === 5) at += 4;
    else if (tag % 8 === 1) at += 8;
    else {
      const length = varint();
      yield [Math.floor(tag / 8), bytes.subarray(at, at + length)];
      at += length;
    }
  }
}

/** The description in an ONNX file, by the format's own field numbers: metadata_props is 14, key 1, value 2. */
export function readDescription(bytes: Uint8Array): { labels: string[]; preprocessing: { size: number; mean: number[]; std: number[] } } {
  for (const [field, entry] of readFields(bytes)) {
    if (field !== 14) continue;
    const parts = new Map([...readFields(entry)].map(([number, content]) => [number, new TextDecoder().decode(content)]));
    if (parts.get(1) === "osteon") return JSON.parse(parts.get(2)!) as ReturnType<typeof readDescription>;
  }
  throw new Error("no description in the file");
}

/** The network's input without any code of Osteon: an image that already has the network's size needs no scaling. */
async function inputByHand(model: Uint8Array, picture: string): Promise<{ data: Float32Array; dims: number[] }> {
  const { size, mean, std } = readDescription(model).preprocessing;
  const { data: pixels, info } = await sharp(picture).toColourspace("b-w").raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height, info.channels], [size, size, 1]);
  const data = Float32Array.from({ length: mean.length * size * size }, (_, i) => {
    const c = Math.floor(i / (size * size));
    return (pixels[i % (size * size)]! / 255 - mean[c]!) / std[c]!;
  });
  return { data, dims: [1, mean.length, size, size] };
}

async function inputOf(model: Uint8Array, picture: string): Promise<{ data: Float32Array; dims: number[] }> {
  const { preprocessing } = readDescription(model);
  const data = prepare(await decodeImage(picture), preprocessing as unknown as Preprocessing);
  return { data, dims: [1, preprocessing.mean.length, preprocessing.size, preprocessing.size] };
}

type Input = Awaited<ReturnType<typeof inputOf>>;

const answerOf = (outputs: Readonly<Record<string, { readonly data: unknown }>>): Answer => ({
  probabilities: Array.from(outputs["probabilities"]!.data as Float32Array),
  map: Array.from(outputs["map"]!.data as Float32Array),
});

async function byCommandLine(folder: string, model: string, picture: string): Promise<Answer> {
  const { code, stdout, stderr } = await runCli(["predict", model, picture, "--json"], { folder });
  assert.equal(code, 0, stderr);
  const [prediction] = (JSON.parse(stdout) as { predictions: { probabilities: Record<string, number>; map: { values: number[] } }[] }).predictions;
  return { probabilities: labels.map((label) => prediction!.probabilities[label]!), map: prediction!.map.values };
}

async function byNode(model: Uint8Array, { data, dims }: Input): Promise<Answer> {
  const session = await node.InferenceSession.create(model);
  const outputs = await session.run({ input: new node.Tensor("float32", data, dims) });
  await session.release();
  return answerOf(outputs);
}

async function byWeb(model: Uint8Array, { data, dims }: Input): Promise<Answer> {
  web.env.wasm.numThreads = 1;
  const session = await web.InferenceSession.create(model);
  const outputs = await session.run({ input: new web.Tensor("float32", data, dims) });
  await session.release();
  return answerOf(outputs);
}

const contentTypes: Record<string, string> = { ".mjs": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };

/** The runtime's files and the model, for a page on this machine alone. */
async function serve(model: Uint8Array): Promise<{ url: string; close: () => Promise<void> }> {
  const runtime = path.resolve("node_modules/onnxruntime-web/dist");
  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const name = path.basename(request.url ?? "");
    const content = name === "" ? "<!doctype html><title>model</title>" : name === "model.onnx" ? model : await readFile(path.join(runtime, name)).catch(() => undefined);
    response.writeHead(content === undefined ? 404 : 200, { "content-type": contentTypes[path.extname(name)] ?? (name === "" ? "text/html" : "application/octet-stream") });
    response.end(content);
  };
  const server = http.createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The model in a page of a browser, run by onnxruntime-web. */
async function byPage(model: Uint8Array, { data, dims }: Input): Promise<Answer> {
  const server = await serve(model);
  const browser = await chromium.launch({ executablePath: chromiumFile, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    const program = `(async ({ values, dims }) => {
      const ort = await import("/ort.wasm.min.mjs");
      ort.env.wasm.numThreads = 1;
      ort.env.wasm.wasmPaths = "/";
      const session = await ort.InferenceSession.create("/model.onnx");
      const { probabilities, map } = await session.run({ input: new ort.Tensor("float32", Float32Array.from(values), dims) });
      return { probabilities: Array.from(probabilities.data), map: Array.from(map.data) };
    })(${JSON.stringify({ values: Array.from(data), dims })})`;
    return await page.evaluate<Answer>(program);
  } finally {
    await browser.close();
    await server.close();
  }
}

function same(answer: Answer, expected: Answer, where: string): void {
  for (const part of ["probabilities", "map"] as const) {
    assert.equal(answer[part].length, expected[part].length, `${where} ${part}`);
    const worst = Math.max(...answer[part].map((value, i) => Math.abs(value - expected[part][i]!)));
    assert.ok(worst < 1e-4, `${where}: ${part} differ by ${worst}`);
  }
}

/** One file, one image, all programs; the command line's answer is what the others are held against. */
export async function compareEverywhere(folder: string, architecture: ArchitectureName, { size, page }: { size: number; page: boolean }): Promise<void> {
  const file = await makeModel(folder, architecture, size);
  const model = await readFile(file);
  assert.deepEqual(readDescription(model).labels, labels);
  const square = await makePicture(path.join(folder, "square.png"), size, size);
  const tall = await makePicture(path.join(folder, "tall.png"), Math.round(size * 0.8), Math.round(size * 1.7));
  for (const picture of [square, tall]) {
    const input = picture === square ? await inputByHand(model, picture) : await inputOf(model, picture);
    const expected = await byCommandLine(folder, file, picture);
    assert.ok(Math.abs(expected.probabilities.reduce((sum, value) => sum + value, 0) - 1) < 1e-5);
    assert.ok(expected.map.length > 0 && expected.map.every((value) => value >= 0 && value <= 1));
    assert.ok(expected.map.includes(1), "the map has evidence to compare");
    same(await byNode(model, input), expected, "onnxruntime-node");
    same(await byWeb(model, input), expected, "onnxruntime-web");
    if (page && picture === tall) same(await byPage(model, input), expected, "onnxruntime-web in a page");
  }
}
