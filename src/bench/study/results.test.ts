import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { itemsOf, regimeProtocols } from "./protocol.js";
import { figuresOfStudy, fileOf, formatStudy, readResults, secondsTo, type RunResult } from "./results.js";
import { formatStudyCsv, readStudyCsv } from "./study-csv.js";

const run = (seconds: number, ...accuracies: number[]): RunResult => ({ seconds, epochs: accuracies.map((accuracy, i) => ({ seconds: i + 1, accuracy })) });

test("the study goes fold by fold through all regimes", () => {
  const items = itemsOf({ folds: 2, regimes: regimeProtocols });
  assert.deepEqual(items.slice(2, 4), [{ regime: "fine-tuning", fold: 0 }, { regime: "scratch", fold: 1 }]);
  assert.equal(items.length, 6);
});

test("the time to an accuracy is that of the first epoch that reaches it", () => {
  assert.equal(secondsTo(0.9, run(9, 0.5, 0.9, 0.8)), 2);
  assert.equal(secondsTo(0.95, run(9, 0.5, 0.9, 0.8)), undefined);
});

test("figures are of folds that both sides have done, read from the folder", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "osteon-study-bench-"));
  try {
    const write = (side: "osteon" | "pytorch", fold: number, result: RunResult) => writeFileSync(path.join(folder, fileOf(side, { regime: "scratch", fold })), JSON.stringify(result));
    write("osteon", 0, run(10, 0.5, 0.95));
    write("pytorch", 0, run(30, 0.5, 0.75));
    write("osteon", 1, run(10, 1, 1));
    write("pytorch", 1, run(20, 0.9, 1));
    write("osteon", 2, run(1000, 0));
    const figures = figuresOfStudy(readResults(folder, { folds: 3, regimes: regimeProtocols }), 0.9);
    // Worked by hand.
    assert.deepEqual(figures, [
      { regime: "scratch", folds: 2, seconds: { osteon: 20, pytorch: 50 }, accuracy: { osteon: 0.975, pytorch: 0.875 }, reached: { osteon: { folds: 2, seconds: 1.5 }, pytorch: { folds: 1, seconds: 1 } } },
    ]);
    const measured = { rows: readResults(folder, { folds: 3, regimes: regimeProtocols }), protocol: { images: 45, size: 224, threads: 2, accuracy: 0.9 }, circumstances: { machine: "a, b", node: "v20", runtime: "onnxruntime 1", torch: "2", commit: "abc" } };
    assert.deepEqual(readStudyCsv(formatStudyCsv(measured)), measured);
    assert.match(formatStudy(figures, 0.9), /\| scratch \| 2 \| 20\.0 \| 50\.0 \| 2\.50 x \| 1\.5 s \(2 of 2\) \| 1\.0 s \(1 of 2\) \| 98 % \| 88 % \|/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
