import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { parseDicom, resultUid } from "../dicom/index.js";
import { explainedGraph } from "../explain/index.js";
import { sha256 } from "../files/index.js";
import { architectures, buildNetwork, formulaWeights, writeBundle } from "../models/index.js";
import { writePhantomDataset } from "../phantom/index.js";
import { runCli } from "./cli.testkit.js";

const folder = mkdtempSync(path.join(tmpdir(), "osteon-cli-results-"));
const run = (...argv: string[]) => runCli(["dicom", "results", ...argv], { folder });

before(async () => {
  const network = buildNetwork("mobilenet_v2-tiny", { classes: 2, inputSize: 32 });
  const preprocessing = { ...architectures["mobilenet_v2-tiny"].preprocessing, channels: "grey", size: 32 } as const;
  await writeBundle(path.join(folder, "model.onnx"), { graph: explainedGraph(network, formulaWeights(network)), metadata: { version: 1, architecture: "mobilenet_v2-tiny", labels: ["normal", "scoliosis"], preprocessing, camLayer: network.camLayer, training: {} } });
  await writePhantomDataset({ count: 2, seed: 1, size: 48, view: "whole-spine-ap", workers: 1, directory: path.join(folder, "films"), encoding: { format: "dicom", bitDepth: 12 } });
  await writePhantomDataset({ count: 1, seed: 1, size: 48, view: "disc-mri", workers: 1, directory: path.join(folder, "mri"), encoding: { format: "dicom", bitDepth: 12 } });
});
after(() => rmSync(folder, { recursive: true, force: true }));

test("a prediction is written as objects without errors, named by number and kind, with UIDs that are known beforehand", async () => {
  const { code, stdout, stderr } = await run("model.onnx", "films/images/P0001-1.dcm", "mri/images/P0001-1.dcm", "--check", "--json", "--out", "out", "--made", "2026-11-22T10:15:00Z");
  assert.equal(code, 0, stderr);
  const { model, objects, remarks } = JSON.parse(stdout) as { model: { sha256: string }; objects: { image: string; kind: "structured-report"; file: string; sopInstanceUid: string; errors: number }[]; remarks: { kind: string; reason: string }[] };
  assert.deepEqual(objects.map(({ errors }) => errors), objects.map(() => 0));
  assert.deepEqual([...readdirSync(path.join(folder, "out"))].sort(), objects.map(({ file }) => path.basename(file)).sort());
  assert.ok(objects.some(({ file }) => file === path.join("out", "1-structured-report.dcm")) && objects.some(({ file }) => file === path.join("out", "2-parametric-map.dcm")));
  assert.deepEqual(remarks.filter(({ kind }) => kind === "parametric-map").length, 1);
  assert.equal(model.sha256, sha256(readFileSync(path.join(folder, "model.onnx"))));
  for (const { image, kind, file, sopInstanceUid } of objects) {
    const source = parseDicom(readFileSync(path.join(folder, image))).dataset.text("SOPInstanceUID")!;
    assert.equal(resultUid({ source, modelSha256: model.sha256, kind }), sopInstanceUid);
    assert.equal(parseDicom(readFileSync(path.join(folder, file))).dataset.text("SOPInstanceUID"), sopInstanceUid);
  }
  const again = await run("model.onnx", "films/images/P0001-1.dcm", "--kinds", "structured-report,key-objects", "--out", "again", "--made", "2026-11-22T10:15:00Z");
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(readdirSync(path.join(folder, "again")), ["key-objects.dcm", "structured-report.dcm"]);
});

test("thresholds and codes shape the report and its UIDs", async () => {
  writeFileSync(path.join(folder, "codes.json"), JSON.stringify({ scoliosis: { value: "111266003", scheme: "SCT", meaning: "Another code" } }));
  const report = async (...more: string[]): Promise<[string, string]> => {
    const { code, stderr } = await run("model.onnx", "films/images/P0001-1.dcm", "--kinds", "structured-report", "--out", "shaped", ...more);
    assert.equal(code, 0, stderr);
    const { dataset } = parseDicom(readFileSync(path.join(folder, "shaped/structured-report.dcm")));
    return [dataset.text("SOPInstanceUID")!, JSON.stringify(dataset.items("ContentSequence").at(-1)!.items("ContentSequence").map((item) => item.items("ConceptCodeSequence")[0]?.text("CodeValue")))];
  };
  const low = await report("--threshold", "scoliosis=0.000001", "--codes", "codes.json");
  assert.match(low[1], /111266003/);
  const high = await report("--threshold", "scoliosis=1");
  assert.match(high[1], /17621005/);
  assert.notEqual(low[0], high[0]);
});

test("what cannot be done is one clear error", async () => {
  writeFileSync(path.join(folder, "picture.png"), Buffer.from("89504e470d0a1a0a", "hex"));
  writeFileSync(path.join(folder, "bad.json"), '{"scoliosis": {"value": "1"}}');
  const image = "films/images/P0001-1.dcm";
  for (const [argv, code, message] of [
    [["model.onnx", "picture.png"], 3, /expected a DICOM image/],
    [["model.onnx", image, "--kinds", "segmentatoin"], 2, /Did you mean "segmentation"/],
    [["model.onnx", image, "--threshold", "scoliosis"], 2, /expected class=probability/],
    [["model.onnx", image, "--threshold", "kyphosis=0.5"], 2, /kyphosis/],
    [["model.onnx", image, "--map-threshold", "2"], 2, /above 0 to 1/],
    [["model.onnx", image, "--codes", "bad.json"], 3, /bad\.json/],
    [["model.onnx", image, "--made", "yesterday"], 2, /--made/],
    [["none.onnx", image], 2, /none\.onnx/],
  ] as const) {
    const result = await run(...argv);
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, message);
  }
});
