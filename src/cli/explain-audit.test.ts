import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import sharp from "sharp";
import { seededRandom } from "../base/index.js";
import { explainedGraph, type ExplanationAudit } from "../explain/index.js";
import { buildNetwork, initializeWeights, writeBundle } from "../models/index.js";
import { runCli } from "./cli.testkit.js";

const labels = ["left", "right"];
const side = 48;

async function makeModel(file: string, seed: number): Promise<void> {
  const network = buildNetwork("vgg16_bn-tiny", { classes: 2, inputSize: 32 });
  const graph = explainedGraph(network, initializeWeights(network, seededRandom("audited", seed)));
  const preprocessing = { channels: "grey", size: 32, resize: "letterbox", mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], fill: 0 } as const;
  await writeBundle(file, { graph, metadata: { version: 1, architecture: "vgg16_bn-tiny", labels, preprocessing, camLayer: network.camLayer, training: {} } });
}

async function makeData(folder: string): Promise<void> {
  const rows = ["file,label,patient,boxes"];
  for (let n = 0; n < 10; n++) {
    const random = seededRandom("audited image", n);
    const left = n % 2 === 0 ? 6 : 30;
    const pixels = Uint8Array.from({ length: side * side }, (_, i) => (i % side >= left && i % side < left + 12 && Math.floor(i / side) >= 16 && Math.floor(i / side) < 30 ? 220 : 40 + random.integer(40)));
    await writeFile(path.join(folder, `${n}.png`), await sharp(pixels, { raw: { width: side, height: side, channels: 1 } }).png().toBuffer());
    rows.push(`${n}.png,${labels[n % 2]},p${n >> 1},16 ${left} 14 12`);
  }
  await writeFile(path.join(folder, "labels.csv"), `${rows.join("\n")}\n`);
}

test("explain audit: page, numbers and readings of a model file, another beside it, and the reasons where something is missing", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-audit-"));
  try {
    await makeModel(path.join(folder, "one.onnx"), 1);
    await makeModel(path.join(folder, "two.onnx"), 2);
    await makeData(folder);
    const run = await runCli(["explain", "audit", "one.onnx", "labels.csv", "--with", "two.onnx", "--methods", "grad-cam,guided-backpropagation", "--examples", "1", "--threads", "1"], { folder });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /guided-backpropagation .*NO/);
    const out = path.join(folder, "osteon-audit");
    const audit = JSON.parse(await readFile(path.join(out, "audit.json"), "utf8")) as ExplanationAudit;
    assert.deepEqual([audit.cases, audit.casesWithRegion, audit.methods.length, audit.readings.length], [10, 10, 2, 20]);
    assert.equal(audit.methods[0]!.criteria.repeatability.verdict === "not tested", false);
    assert.equal(audit.methods[0]!.criteria.reproducibility.verdict, "not tested");
    const page = await readFile(path.join(out, "audit.html"), "utf8");
    assert.match(page, /Depends on the weights/);
    assert.ok(!page.includes(folder), "no path of this machine");
    assert.ok(!/(src|href)="(?!data:|#)/.test(page), "the page needs no other file");
    assert.equal((await readFile(path.join(out, "audit.csv"), "utf8")).trimEnd().split("\n").length, 21);

    const foreign = await runCli(["explain", "audit", "one.onnx", "labels.csv", "--measures", "beauty"], { folder });
    assert.equal(foreign.code, 2);
    assert.match(foreign.stderr, /measure/);
    const other = await runCli(["explain", "audit", "one.onnx", "missing.csv"], { folder });
    assert.equal(other.code, 3);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
