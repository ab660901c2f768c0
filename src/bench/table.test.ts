import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Comparison, median, speedRatio } from "./compare.js";
import { formatCsv, type Measured, mergeMeasured, readCsv } from "./csv.js";
import { updatePage } from "./page.js";
import { phantomRow, phantomWorks } from "./phantom.js";
import { instructionsOf } from "./revisions.js";
import { demandOfWork } from "./roofline.js";
import { figuresOf, formatTable } from "./table.js";
import { type Work, workOf } from "./work.js";

const work: Work = { network: "resnet50", task: "fine-tuning", batch: 16, size: 224, threads: 2 };
const machine = { peaks: { gflops: 200, bandwidthGBs: 20 }, gflop: 240, leastSeconds: 1.5 };
const both: Comparison = { work, osteon: { seconds: [2, 4, 2], peakMb: 1800 }, torch: { seconds: [4, 6, 5], peakMb: 2400 }, ...machine };
const alone: Comparison = { work: { ...work, task: "inference" }, osteon: both.osteon, ...machine };
const circumstances = { machine: "EPYC, 2 x linux x64, 24 GiB", node: "v20", runtime: "onnxruntime 1.30.0", torch: "1.13.0", commit: "abc" };
const measured: Measured[] = [both, alone].map((one) => ({ ...one, circumstances }));

describe("bench", () => {
  it("takes the ratio within rounds: 4/2, 6/4, 5/2, of which the median is 2", () => {
    assert.equal(speedRatio(both), 2);
    assert.equal(speedRatio(alone), undefined);
    assert.equal(median([4, 1, 3, 2]), 2.5);
  });

  it("gives shares of what the machine can do: 240 GFLOP in 2 s are 60 % of 200 GFLOP/s", () => {
    assert.equal(figuresOf(both).ofPeak, 0.6);
    assert.equal(figuresOf(both).ofRoofline, 0.75);
  });

  it("counts the operations of a step: three products per layer, two for the first, 8.18 GFLOP forward for an image of ResNet-50", () => {
    const forward = demandOfWork({ ...work, task: "inference", batch: 1 }).gflop;
    const step = demandOfWork({ ...work, batch: 1 }).gflop;
    const first = (2 * 64 * 112 * 112 * 3 * 49) / 1e9;
    assert.ok(Math.abs(forward - 8.18) < 0.01, String(forward));
    assert.ok(Math.abs(step - (3 * forward - first)) < 0.01 * step, String(step));
    const head = demandOfWork({ ...work, task: "head", batch: 1 });
    assert.ok(head.gflop > forward && head.gflop < 1.01 * forward, String(head.gflop));
    assert.ok(head.seconds({ gflops: 200, bandwidthGBs: 20 }) > head.gflop / 200);
  });

  it("prints rates, ratio, shares and memory side by side, and says what is missing", () => {
    const [, , row] = formatTable([both]).split("\n");
    assert.match(row!, /resnet50\s+step, all layers\s+16\s+8\.00\s+3\.20\s+2\.00 x\s+8\.00\s+4\.00\s+60 %\s+75 %\s+1800\s+2400/);
    assert.match(formatTable([alone]).split("\n")[2]!, /8\.00\s+-\s+-/);
  });

  it("writes every round to the CSV with machine, versions and commit, and reads them back", () => {
    const text = formatCsv(measured);
    assert.equal(text.trimEnd().split("\n").length, 7);
    assert.deepEqual(readCsv(text), measured);
    assert.equal(mergeMeasured(measured, [measured[0]!]).length, 2);
  });

  it("writes the page's tables between the marks, and nothing else", () => {
    const page = "before\n<!-- measured: begin (npm run bench -- page) -->\nold\n<!-- measured: end -->\nafter\n";
    const made = updatePage(page, measured);
    assert.match(made, /^before\n[^]*\| resnet50 \| 16 \| 8\.00 \| 3\.20 \| 2\.00 x \| 1\.4 x \| 60 % \| 75 % \| 1800 \| 2400 \|[^]*\nafter\n$/);
    assert.equal(made.includes("old"), false);
    assert.throws(() => updatePage("no marks", measured), /marks/);
  });

  it("reads perf's count of instructions, and that there is none", () => {
    assert.equal(instructionsOf("# started\n\n123456,,instructions:u,1000,100.00,,\n"), 123456);
    assert.ok(Number.isNaN(instructionsOf("<not supported>,,instructions:u,0,100.00,,\n")));
  });

  it("refuses names and numbers it does not know", () => {
    const said = { network: "resnet50", task: "inference", batch: "16", size: "224", threads: "2" };
    assert.throws(() => workOf({ ...said, network: "resnet5" }), /Did you mean "resnet50"/);
    assert.throws(() => workOf({ ...said, task: "infer" }), /expected one of/);
    assert.throws(() => workOf({ ...said, batch: "0" }), { code: "bench-number" });
  });

  it("prints the rate of simulated images: 50 in 2 s are 25 a second, 1.5 s of processor time 30 ms each", () => {
    const [first] = phantomWorks;
    assert.match(phantomRow({ work: first!, images: 50, size: 224, workers: 2, seconds: 2, cpuSeconds: 1.5 }), /^scoliosis\s+224\s+50\s+2\s+25\.0\s+30\.0$/);
    assert.equal(phantomRow().length, phantomRow({ work: first!, images: 50, size: 224, workers: 2, seconds: 2, cpuSeconds: 1.5 }).length);
  });
});
