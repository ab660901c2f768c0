import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Comparison, isDue, median, speedRatio, takeTurns } from "./compare.js";
import { formatCsv, type Measured, mergeMeasured, readCsv } from "./csv.js";
import { updatePage } from "./page.js";
import { phantomRow, phantomWorks } from "./phantom.js";
import { instructionsOf } from "./revisions.js";
import { demandOfWork } from "./roofline.js";
import { figuresOf, formatTable, notesOf } from "./table.js";
import { type Work, workOf } from "./work.js";

const work: Work = { network: "resnet50", task: "fine-tuning", batch: 16, size: 224, threads: 2 };
const machine = { peaks: { gflops: 200, bandwidthGBs: 20 }, gflop: 240, leastSeconds: 1.5 };
const both: Comparison = { work, osteon: { seconds: [2, 4, 2], peakMb: 1800 }, peers: { torch: { seconds: [4, 6, 5], peakMb: 2400 } }, ...machine };
const alone: Comparison = { work: { ...work, task: "inference" }, osteon: both.osteon, peers: {}, ...machine };
/** A slow peer that had time for two rounds of one image, and one that cannot. */
const slow: Comparison = { ...both, peers: { ...both.peers, "tfjs-cpu": { seconds: [20, 50], peakMb: 900, batch: 1 }, "tfjs-wasm": { seconds: [], peakMb: Number.NaN, cannot: "cannot train: no kernel" } } };
const circumstances = { machine: "EPYC, 2 x linux x64, 24 GiB", node: "v20", runtime: "onnxruntime 1.30.0", torch: "1.13.0", tfjs: "4.22.0", commit: "abc" };
const measured: Measured[] = [both, alone].map((one) => ({ ...one, circumstances }));

describe("bench", () => {
  it("takes the ratio within rounds: 4/2, 6/4, 5/2, of which the median is 2", () => {
    assert.equal(speedRatio(both, "torch"), 2);
    assert.equal(speedRatio(alone, "torch"), undefined);
    assert.equal(median([4, 1, 3, 2]), 2.5);
  });

  it("forms ratios per image where a peer's batch is another: 20 s an image are 160 times 2 s for 16, 50 s 200 times 4 s", () => {
    assert.equal(speedRatio(slow, "tfjs-cpu"), 180);
    assert.equal(speedRatio(slow, "tfjs-wasm"), undefined);
  });

  it("bounds a slow peer: no warm-up that takes its time, one round in any case, none that begins too late", () => {
    const rounds = { rounds: 5, warmup: 2 };
    const due = (estimate: number, round: number, taken: readonly number[]) => isDue({ bounds: { seconds: 60, estimate } }, { ...rounds, round, taken });
    assert.deepEqual([due(8, -1, []), due(9, -1, [])], [true, false]);
    assert.deepEqual([due(50, 0, []), due(50, 1, [30]), due(50, 1, [31]), due(1, 2, [1])], [true, true, false, false]);
    assert.equal(isDue({}, { ...rounds, round: 4, taken: [1000] }), true);
  });

  it("goes on without a bounded peer that fails, and not without another", async () => {
    const fine = { name: "fine", run: () => Promise.resolve(1), end: () => Promise.resolve(10) };
    const failing = { ...fine, run: () => Promise.reject(new Error("out of memory")) };
    const sides = await takeTurns([fine, { ...failing, bounds: { seconds: 60, estimate: 1 } }, { name: "unable", cannot: "no gradients" }], { rounds: 2, warmup: 1 });
    assert.deepEqual(sides.map(({ seconds, cannot }) => [seconds, cannot]), [[[1, 1], undefined], [[], "out of memory"], [[], "no gradients"]]);
    await assert.rejects(takeTurns([fine, failing], { rounds: 1, warmup: 0 }), /out of memory/);
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
    assert.match(formatTable([slow]).split("\n")[2]!, /2400\s+-\s+-\s+0\.029 \(180 x\)\s+900$/);
    assert.deepEqual(notesOf(slow), ["tfjs wasm: cannot train: no kernel", "tfjs cpu: batch 1"]);
  });

  it("writes every round to the CSV with machine, versions and commit, and reads them back", () => {
    const text = formatCsv(measured);
    assert.equal(text.trimEnd().split("\n").length, 7);
    assert.deepEqual(readCsv(text), measured);
    assert.equal(mergeMeasured(measured, [measured[0]!]).length, 2);
    // What another machine measured stays beside.
    const elsewhere = { ...measured[0]!, circumstances: { ...circumstances, machine: "another" } };
    const together = mergeMeasured(measured, [elsewhere]);
    assert.deepEqual(readCsv(formatCsv(together)), together);
    assert.equal(together.length, 3);
    const withTfjs = [{ ...slow, circumstances }];
    assert.deepEqual(readCsv(formatCsv(withTfjs)), withTfjs);
  });

  it("reads files of before tfjs was a peer", () => {
    const older = "network,task,batch,size,threads,round,osteon_s,pytorch_s,osteon_peak_mb,pytorch_peak_mb,peak_gflops,bandwidth_gb_s,gflop,least_s,machine,node,runtime,pytorch,commit\n";
    const [read] = readCsv(`${older}resnet50,fine-tuning,16,224,2,0,2.0000,4.0000,1800,2400,200.0,20.0,240.00,1.5000,EPYC,v20,onnxruntime 1.30.0,1.13.0,abc\n`);
    assert.deepEqual(read!.peers, { torch: { seconds: [4], peakMb: 2400 } });
    assert.equal(read!.circumstances.tfjs, "");
  });

  it("writes the page's tables between the marks, and nothing else", () => {
    const page = "before\n<!-- measured: begin (npm run bench -- page) -->\nold\n<!-- measured: end -->\nafter\n";
    const made = updatePage(page, measured);
    assert.match(made, /^before\n[^]*\| resnet50 \| 16 \| 8\.00 \| 3\.20 \| 2\.00 x \| 1\.4 x \| 60 % \| 75 % \| 1800 \| 2400 \|  \|  \|\n[^]*\nafter\n$/);
    const noted = updatePage(page, [{ ...slow, circumstances }]);
    assert.match(noted, /\| 2400 \| - \| 0\.029 \(180 x\) \|\n\n- tfjs wasm: cannot train: no kernel \(resnet50\)\n- tfjs cpu: batch 1 \(resnet50\)\n/);
    assert.equal(made.includes("old"), false);
    assert.throws(() => updatePage("no marks", measured), /marks/);
  });

  it("reads perf's count of instructions, and that there is none", () => {
    assert.equal(instructionsOf("# started\n\n123456,,instructions:u,1000,100.00,,\n"), 123456);
    assert.ok(Number.isNaN(instructionsOf("<not supported>,,instructions:u,0,100.00,,\n")));
  });

  it("refuses names and numbers it does not know", () => {
    const said = { network: "resnet50", task: "inference", batch: 16, size: 224, threads: 2 };
    assert.throws(() => workOf({ ...said, network: "resnet5" }), /Did you mean "resnet50"/);
    assert.throws(() => workOf({ ...said, task: "infer" }), /expected one of/);
    assert.throws(() => workOf({ ...said, batch: 0 }), { code: "bench-number" });
  });

  it("prints the rate of simulated images: 50 in 2 s are 25 a second, 1.5 s of processor time 30 ms each", () => {
    const [first] = phantomWorks;
    assert.match(phantomRow({ work: first!, images: 50, size: 224, workers: 2, seconds: 2, cpuSeconds: 1.5 }), /^scoliosis\s+224\s+50\s+2\s+25\.0\s+30\.0$/);
    assert.equal(phantomRow().length, phantomRow({ work: first!, images: 50, size: 224, workers: 2, seconds: 2, cpuSeconds: 1.5 }).length);
  });
});
