import assert from "node:assert/strict";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { seededRandom } from "../base/index.js";
import type { ModelScope } from "../models/index.js";
import { driftPage, followDrift, sayDrift } from "./index.js";
import { appendToLog, readLog, recordOf, type PredictionRecord } from "./prediction-log.js";

const model = "a".repeat(64);
const random = seededRandom("monitor test");

function look(brightness: number): { traits: { brightness: number; contrast: number; dark: number; bright: number; sharpness: number; shape: number }; distance: number; p: number } {
  const p = 1 / (1 + Math.exp(-2 * random.normal()));
  return { traits: { brightness: brightness + 0.05 * random.normal(), contrast: 0.2 + 0.02 * random.normal(), dark: 0.1, bright: 0.01, sharpness: 0.3 + 0.03 * random.normal(), shape: 0 }, distance: 1 + 0.1 * random.normal(), p };
}

function record(i: number, brightness: number, more: Partial<PredictionRecord> = {}): PredictionRecord {
  const { traits, distance, p } = look(brightness);
  return { ...recordOf({ model, verdict: "in-scope", label: p > 0.5 ? "normal" : "scoliosis", probabilities: { normal: p, scoliosis: 1 - p }, distance, traits, time: new Date(Date.UTC(2025, 0, 1, 0, i)) }), ...more };
}

const columns = ["brightness", "contrast", "dark", "bright", "sharpness", "shape", "distance", "confidence", "probability normal", "probability scoliosis"];
const scope = (fittedOn: "held-out" | "training"): ModelScope => ({
  trainedOn: { cases: 200 },
  reference: {
    columns,
    fittedOn,
    rows: Array.from({ length: 100 }, () => {
      const { traits, distance, p } = look(0.4);
      return [...Object.values(traits), distance, Math.max(p, 1 - p), p, 1 - p];
    }),
  },
});

test("a log comes back, a torn line is counted, and neither patient nor file stands in it", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-monitor-"));
  try {
    const file = path.join(folder, "log.jsonl");
    const records = [record(0, 0.4), record(1, 0.4, { exam: "x" })];
    await appendToLog(file, records[0]!);
    await appendToLog(file, records[1]!);
    await appendFile(file, '{"time":"2025-');
    assert.deepEqual(await readLog(file), { records, unreadable: 1 });
    await appendFile(path.join(folder, "other"), "a,b\n");
    await assert.rejects(readLog(path.join(folder, "other")), { code: "log-empty" });
    await assert.rejects(readLog(path.join(folder, "none")), { name: /Error/ });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("films that come darker raise an alarm that names the brightness and about when it began; others do not", () => {
  const calm = Array.from({ length: 150 }, (_, i) => record(i, 0.4));
  const quiet = followDrift({ scope: scope("held-out"), model, records: calm, falseAlarmRate: 0.01 });
  assert.equal(quiet.alarm, undefined);
  assert.match(sayDrift(quiet), /^No alarm over 150 images/);
  const darker = [...calm, ...Array.from({ length: 80 }, (_, i) => record(150 + i, 0.28))];
  const report = followDrift({ scope: scope("held-out"), model, records: darker, falseAlarmRate: 0.01 });
  assert.ok(report.alarm !== undefined && report.alarm.at > 150 && report.alarm.at < 200, JSON.stringify(report.alarm));
  assert.equal(report.alarm.variables[0], "mean grey");
  assert.ok(report.alarm.since > 130 && report.alarm.since <= report.alarm.at);
  assert.match(driftPage(report), /<svg[^>]+>.*alarm at 100.*mean grey/s);
  assert.equal(followDrift({ scope: scope("held-out"), model, records: darker, falseAlarmRate: 0.01, since: darker[150]!.time }).images, 80);
});

test("one image counts per exam; other models and headers declined are left out of the figures", () => {
  const records = [record(0, 0.4, { exam: "a" }), record(1, 0.1, { exam: "a" }), record(2, 0.4, { model: "b".repeat(64) }), recordOf({ model, verdict: "out-of-scope" })];
  const report = followDrift({ model, records, falseAlarmRate: 0.01 });
  assert.deepEqual([report.images, report.declined, report.leftOut], [2, 1, { otherModels: 1, sameExam: 1, earlier: 0 }]);
  assert.match(report.remarks[0]!, /holds no reference/);
  assert.throws(() => followDrift({ model: "c".repeat(64), records, falseAlarmRate: 0.01 }), { code: "monitor-empty" });
});

test("where the network was trained on the reference, its answers are compared with the log alone, and that is said", () => {
  const report = followDrift({ scope: scope("training"), model, records: [record(0, 0.4)], falseAlarmRate: 0.05 });
  const reference = Object.fromEntries(report.variables.map((one) => [one.name, one.reference]));
  assert.deepEqual([reference["brightness"], reference["distance"], reference["confidence"], reference["probability normal"], reference["probability scoliosis"]], [100, 0, 0, 0, undefined]);
  assert.match(report.remarks.join(" "), /largest probability/);
});
