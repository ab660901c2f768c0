import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { gunzipSync } from "node:zlib";
import sharp from "sharp";
import { seededRandom } from "../base/index.js";
import { GraphBuilder, bindConstants, encodeModel, opsetOf, type Graph } from "../graph/index.js";
import { buildNetwork, initializeWeights } from "../models/index.js";
import { runCli } from "./cli.testkit.js";
import { makeModel, makePicture } from "./model-everywhere.testkit.js";

const folder = mkdtempSync(path.join(tmpdir(), "osteon-explain-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const run = (...argv: string[]) => runCli(["explain", ...argv], { folder });

await makeModel(folder, "mobilenet_v2-tiny", 32);
await makePicture(path.join(folder, "film.png"), 40, 60);
// 10 pixels per millimetre, stated by the file.
writeFileSync(path.join(folder, "spaced.png"), await sharp(path.join(folder, "film.png")).withMetadata({ density: 254 }).png().toBuffer());

interface Row {
  label: string;
  probability: number;
  folder: string;
  sheet: string;
  spacingMm?: [number, number];
  maps: { method: string; signed: boolean; peak: number; samples?: number; readings: Record<string, number>; files: Record<string, string> }[];
  refused: { method: string; reason: string }[];
}
const rowsOf = (stdout: string) => JSON.parse(stdout) as [Row, ...Row[]];

/** Values of a .npy file after its header of 128 bytes. */
const npy = (file: string) => new Float32Array(new Uint8Array(readFileSync(file)).slice(128).buffer);

test("maps of several methods: a contact sheet, and files of the image's extent that say the same", async () => {
  const { code, stdout, stderr } = await run("spaced.png", "--model", "mobilenet_v2-tiny.onnx", "--methods", "grad-cam,lime,saliency", "--samples", "40", "--target", "scoliosis", "--against", "runner-up", "--json");
  assert.equal(code, 0, stderr);
  const [row] = rowsOf(stdout);
  assert.deepEqual(row.maps.map(({ method }) => method), ["grad-cam", "lime", "saliency", "combined-mean", "combined-agreement", "combined-disagreement"]);
  assert.ok(row.spacingMm!.every((mm) => Math.abs(mm - 0.1) < 1e-6));
  const lime = row.maps[1]!;
  assert.deepEqual([lime.signed, lime.samples], [true, 40]);
  assert.ok(Number.isFinite(lime.readings["stability"]));
  const values = npy(lime.files["npy"]!);
  assert.equal(values.length, 40 * 60);
  const nifti = new Uint8Array(gunzipSync(readFileSync(lime.files["nifti"]!)));
  assert.deepEqual(new Float32Array(nifti.slice(352).buffer), values);
  assert.ok(Math.abs(new DataView(nifti.buffer).getFloat32(80, true) - 0.1) < 1e-6);
  const png = sharp(lime.files["png"]);
  const { depth, width, height } = await png.metadata();
  assert.deepEqual([depth, width, height], ["ushort", 40, 60]);
  const levels = await png.toColourspace("grey16").raw({ depth: "ushort" }).toBuffer();
  values.forEach((value, i) => assert.ok(Math.abs((levels.readUInt16LE(2 * i) - 32768) / 32767 - value / lime.peak) < 1e-4));
  const sheet = await sharp(row.sheet).metadata();
  assert.ok(sheet.width >= 560 && sheet.height > 150);
  const record = JSON.parse(readFileSync(path.join(row.folder, "explanation.json"), "utf8")) as { explained: string; maps: { files: { png: string } }[] };
  assert.match(record.explained, /logit of scoliosis less that of the runner-up/);
  assert.equal(record.maps[0]!.files.png, "grad-cam.png");
});

test("layers are listed, one or several are taken, and an unknown one is refused", async () => {
  const listed = JSON.parse((await run("--model", "mobilenet_v2-tiny.onnx", "--json", "--layer")).stdout) as { name: string; isDefault: boolean }[];
  assert.equal(listed.filter(({ isDefault }) => isDefault).length, 1);
  const two = listed.slice(-3, -1).map(({ name }) => name).join(",");
  const fused = await run("film.png", "--model", "mobilenet_v2-tiny.onnx", "--layer", two, "--methods", "grad-cam,ablation-cam", "--files", "npy", "--out", "fused", "--json");
  assert.equal(fused.code, 0, fused.stderr);
  const unknown = await run("film.png", "--model", "mobilenet_v2-tiny.onnx", "--layer", "featres.1");
  assert.deepEqual([unknown.code, /layer/.test(unknown.stderr)], [2, true]);
});

test("model and method are written as one file, which predicts and explains as before", async () => {
  const exported = await run("--model", "mobilenet_v2-tiny.onnx", "--methods", "gradient-x-input", "--export", "explained.onnx", "--json");
  assert.equal(exported.code, 0, exported.stderr);
  const predict = async (model: string) => JSON.parse((await runCli(["predict", model, "film.png", "--json"], { folder })).stdout) as { predictions: [{ probabilities: Record<string, number>; map: { height: number } }] };
  const [before, now] = [await predict("mobilenet_v2-tiny.onnx"), await predict("explained.onnx")];
  assert.deepEqual(now.predictions[0].probabilities, before.predictions[0].probabilities);
  assert.equal(now.predictions[0].map.height, 32);
  const lime = await run("--model", "mobilenet_v2-tiny.onnx", "--methods", "lime", "--export", "x.onnx");
  assert.deepEqual([lime.code, /one graph/.test(lime.stderr)], [4, true]);
});

function writeForeign(name: string, graph: Graph): void {
  writeFileSync(path.join(folder, name), encodeModel({ graph, opsets: opsetOf(graph), producer: "elsewhere", metadata: {} }));
}

test("a classifier from elsewhere is explained by every kind of method", async () => {
  const network = buildNetwork("resnet50-tiny", { classes: 2, inputSize: 32 });
  writeForeign("foreign.onnx", bindConstants(network.graph, initializeWeights(network, seededRandom("foreign"))).graph);
  const { code, stdout, stderr } = await run("film.png", "--model", "foreign.onnx", "--labels", "normal,scoliosis", "--methods", "grad-cam,integrated-gradients,lrp-epsilon,occlusion", "--samples", "8", "--files", "npy", "--out", "foreign", "--json");
  assert.equal(code, 0, stderr);
  const [row] = rowsOf(stdout);
  assert.ok(["normal", "scoliosis"].includes(row.label));
  assert.ok(row.maps.every(({ files }) => npy(files["npy"]!).every(Number.isFinite)));
  assert.match(stderr, /ImageNet's mean and deviation/);
  const labels = await run("film.png", "--model", "foreign.onnx", "--labels", "normal");
  assert.deepEqual([labels.code, /expected 2 names/.test(labels.stderr)], [2, true]);
});

test("of a file that is no known kind of classifier predictions alone are asked, in its own batch and layout", async () => {
  // Channels last, a batch of 2, and scores that no linear layer makes: means over two halves of the image.
  const builder = new GraphBuilder({ name: "halves" });
  builder.input("photo", "float32", [2, 32, 32, 3]);
  const [left, right] = builder.ops("Split", ["photo"], { axis: 2 }, { outputs: 2 }) as [string, string];
  const means = [left, right].map((half) => builder.op("ReduceMean", [half], { axes: [1, 2, 3], keepdims: 0 }));
  builder.output(builder.op("Concat", means.map((mean) => builder.op("Unsqueeze", [mean, builder.constant([1])])), { axis: 1 }), "scores");
  writeForeign("halves.onnx", builder.build());
  const { code, stdout, stderr } = await run("film.png", "--model", "halves.onnx", "--methods", "all", "--target", "0", "--samples", "30", "--window-px", "8", "--cells", "4", "--segments", "16", "--superpixels", "grid", "--files", "npy", "--out", "halves", "--json");
  assert.equal(code, 0, stderr);
  const [row] = rowsOf(stdout);
  assert.ok(row.maps.some(({ method }) => method === "rise") && !row.maps.some(({ method }) => method === "grad-cam"));
  // The score of class 0 is the mean of the left half: what is hidden on the right changes nothing.
  const occlusion = npy(row.maps.find(({ method }) => method === "occlusion")!.files["npy"]!);
  const outer = (from: number, to: number) => Math.max(...occlusion.filter((_, i) => i % 40 >= from && i % 40 < to).map(Math.abs));
  assert.ok(outer(30, 40) < 1e-6 && outer(0, 15) > 1e-4, `${outer(30, 40)} ${outer(0, 15)}`);
  const refused = await run("film.png", "--model", "halves.onnx", "--methods", "grad-cam");
  assert.deepEqual([refused.code, /rise/.test(refused.stderr)], [4, true]);
});

test("what cannot be explained is said in one line", async () => {
  const model = ["--model", "mobilenet_v2-tiny.onnx"];
  for (const [argv, code, says] of [
    [["film.png"], 2, /--model/],
    [model, 2, /expected an image/],
    [["film.png", ...model, "--methods", "grad-cma"], 2, /Did you mean "grad-cam"/],
    [["film.png", ...model, "--target", "scoliosys"], 2, /Did you mean "scoliosis"/],
    [["film.png", ...model, "--unit", "features"], 2, /layer:channel/],
    [["film.png", ...model, "--samples", "0"], 2, /--samples/],
    [["film.png", ...model, "--files", "tiff"], 2, /kind of file/],
    [["film.png", "--model", "film.png"], 3, /film\.png/],
  ] as const) {
    const result = await run(...argv);
    assert.equal(result.code, code, `${argv.join(" ")}: ${result.stderr}`);
    assert.match(result.stderr, says);
  }
});
