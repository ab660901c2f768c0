import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Comparison, median, speedRatio } from "./compare.js";
import { phantomRow, phantomWorks } from "./phantom.js";
import { formatCsv, formatTable } from "./table.js";
import { type Work, workFromArguments, workToArguments } from "./work.js";

const work: Work = { network: "resnet50", kind: "training", batch: 16, batchNorm: "frozen", threads: 2 };
const both: Comparison = { work, osteon: { seconds: [2, 4, 2], peakMb: 1800.4 }, torch: { seconds: [4, 6, 5], peakMb: 2400 } };
const alone: Comparison = { work, osteon: both.osteon };

describe("bench", () => {
  it("takes the ratio within rounds: 4/2, 6/4, 5/2, of which the median is 2", () => {
    assert.equal(speedRatio(both), 2);
    assert.equal(speedRatio(alone), undefined);
    assert.equal(median([4, 1, 3, 2]), 2.5);
  });

  it("prints rates, ratio and memory side by side, and says what is missing", () => {
    const [, , row] = formatTable([both]).split("\n");
    assert.match(row!, /resnet50\s+training, frozen norm\s+8\.00\s+3\.20\s+2\.00 x\s+8\.00\s+4\.00\s+1800\s+2400/);
    assert.match(formatTable([alone]).split("\n")[2]!, /8\.00\s+-\s+-/);
  });

  it("writes every round to the CSV", () => {
    const lines = formatCsv([both, alone]).trimEnd().split("\n");
    assert.equal(lines.length, 7);
    assert.equal(lines[1], "resnet50,training,frozen,16,2,0,2.0000,4.0000,1800,2400");
    assert.equal(lines[4], "resnet50,training,frozen,16,2,0,2.0000,,1800,");
  });

  it("hands work to a process as words and reads it back", () => {
    assert.deepEqual(workFromArguments(workToArguments(work)), work);
    assert.throws(() => workFromArguments(["resnet5"]), /Did you mean "resnet50"/);
  });

  it("prints the rate of simulated images: 50 in 2 s are 25 a second, 1.5 s of processor time 30 ms each", () => {
    const [work] = phantomWorks;
    assert.match(phantomRow({ work: work!, images: 50, size: 224, workers: 2, seconds: 2, cpuSeconds: 1.5 }), /^scoliosis\s+224\s+50\s+2\s+25\.0\s+30\.0$/);
    assert.equal(phantomRow().length, phantomRow({ work: work!, images: 50, size: 224, workers: 2, seconds: 2, cpuSeconds: 1.5 }).length);
  });
});
