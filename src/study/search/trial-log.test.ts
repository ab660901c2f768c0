import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { inScratchFolder } from "../tiny-study.testkit.js";
import { TrialLog, type TrialLine } from "./trial-log.js";

const line = (trial: number): TrialLine => ({ trial, settings: { rate: 0.01, optimizer: "sgd" }, resource: 3, score: trial === 1 ? null : 0.5, foldScores: [0.4, 0.6], seconds: 1, ...(trial === 1 && { failed: "diverged" }) });

test("a log comes back as it was written, without what a kill tore off or the disk damaged", () =>
  inScratchFolder(async (folder) => {
    const file = path.join(folder, "search", "trials.jsonl");
    const log = await TrialLog.open(file, "key");
    for (const trial of [0, 1, 2]) await log.append(line(trial));
    const whole = await readFile(file, "utf8");
    assert.deepEqual((await TrialLog.open(file, "key")).lines, [0, 1, 2].map(line));
    // Law: whatever byte the file ends at, what is read is a beginning of it, and the next line can be written behind.
    for (let length = whole.indexOf("\n") + 1; length < whole.length; length += 7) {
      await writeFile(file, whole.slice(0, length));
      const torn = await TrialLog.open(file, "key");
      const count = whole.slice(0, length).split("\n").length - 2;
      assert.deepEqual(torn.lines, [0, 1, 2].map(line).slice(0, count));
      await torn.append(line(count));
      assert.equal((await TrialLog.open(file, "key")).lines.length, count + 1);
    }
    await writeFile(file, whole.replace('"trial":1', '"trial":"x"'));
    assert.deepEqual((await TrialLog.open(file, "key")).lines, [line(0)]);
  }));

test("a log of another search is not gone on with", () =>
  inScratchFolder(async (folder) => {
    const file = path.join(folder, "trials.jsonl");
    await (await TrialLog.open(file, "one")).append(line(0));
    assert.deepEqual((await TrialLog.open(file, "two")).lines, []);
    assert.equal((await readFile(file, "utf8")).split("\n").length, 2);
  }));
