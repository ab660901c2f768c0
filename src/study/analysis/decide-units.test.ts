import assert from "node:assert/strict";
import test from "node:test";
import { isEstimate } from "../results.js";
import type { CasePrediction, TaskRecord } from "../task-record.js";
import { decideUnits, groupUnits, unitsOf } from "./decide-units.js";
import { measureStudy } from "./measure-study.js";

const view = (id: string, label: number, abnormal: number, relevance?: number | null): CasePrediction => ({
  case: id,
  label,
  predicted: abnormal > 0.5 ? 0 : 1,
  probabilities: [abnormal, 1 - abnormal],
  ...(relevance !== undefined && { relevance, regionShare: 0.1 }),
});

// Two exams of two and three views, and one image of its own; class 0 is abnormal.
const predictions = [view("a1", 0, 0.9, 0.5), view("a2", 0, 0.4, null), view("b1", 1, 0.6), view("b2", 1, 0.3), view("b3", 1, 0.3), view("c", 1, 0.7)];
const unitOf = unitsOf([{ id: "a1", unit: "A" }, { id: "a2", unit: "A" }, { id: "b1", unit: "B" }, { id: "b2", unit: "B" }, { id: "b3", unit: "B" }, { id: "c" }])!;

// Oracle: by hand, (0.9 + 0.4)/2 = 0.65 and (0.6 + 0.3 + 0.3)/3 = 0.4.
test("the views of a unit are averaged and decided on as one", () => {
  const decided = decideUnits(predictions, unitOf);
  assert.deepEqual(decided.map((one) => [one.case, one.label, one.predicted]), [["A", 0, 0], ["B", 1, 1], ["c", 1, 0]]);
  const rounded = decided.map(({ probabilities }) => probabilities.map((p) => Number(p.toFixed(12))));
  assert.deepEqual(rounded, [[0.65, 0.35], [0.4, 0.6], [0.7, 0.3]]);
  assert.deepEqual([decided[0]!.relevance, decided[0]!.regionShare, decided[1]!.relevance], [0.5, 0.1, undefined]);
  assert.equal(decideUnits(predictions, undefined), predictions);
  assert.equal(unitsOf([{ id: "a" }, { id: "b" }]), undefined);
});

test("a subgroup of a unit is that of its images where they agree", () => {
  const [sex] = groupUnits([{ column: "sex", groupOf: new Map([["a1", "F"], ["a2", "F"], ["b1", "F"], ["b2", "M"], ["b3", "M"], ["c", "M"]]) }], unitOf);
  assert.deepEqual([...sex!.groupOf], [["A", "F"], ["c", "M"]]);
});

// Oracle: by hand. Ten exams of two views; truth and averaged answer agree on 4 abnormal and 4 normal ones:
// observed agreement 0.8, expected 0.5 x 0.5 + 0.5 x 0.5, kappa 0.6. By images, one of each pair would be wrong.
test("figures are those of units, with kappa beside them", () => {
  const exams = Array.from({ length: 10 }, (_, i) => ({ label: i < 5 ? 0 : 1, right: i !== 0 && i !== 9 }));
  const images = exams.flatMap(({ label, right }, i) => {
    const toLabel = (p: number): number => (label === 0 ? p : 1 - p);
    return [view(`${i}-1`, label, toLabel(right ? 0.9 : 0.1)), view(`${i}-2`, label, toLabel(right ? 0.4 : 0.2))];
  });
  const record = { format: 1, key: "", cell: "n/scratch", seed: 1, fold: 1, counts: { train: 20, validation: 0, test: 20 }, parameters: { total: 1, trained: 1 }, history: [], bestEpoch: 1, stoppedEarly: false, seconds: 1, weightsSha256: "", predictions: images, maps: [] } as unknown as TaskRecord;
  const facts = { id: "n/scratch", network: "n", row: "scratch", regime: "scratch", startWeights: { source: "random" }, settings: {} };
  const units = new Map(images.map(({ case: id }) => [id, id.slice(0, -2)]));
  const { cells, failures } = measureStudy([{ facts, records: [record] }], [], { labels: ["abnormal", "normal"], level: 0.95, patientOf: (id) => id, unitOf: units, seed: 1 });
  const [{ pooled, kappa }] = cells as [(typeof cells)[0]];
  assert.equal(pooled.cases, 10);
  assert.ok(isEstimate(pooled.accuracy) && Math.abs(pooled.accuracy.estimate - 0.8) < 1e-12);
  assert.ok(kappa && isEstimate(kappa) && Math.abs(kappa.estimate - 0.6) < 1e-12 && kappa.lower < 0.6 && kappa.upper > 0.6);
  assert.deepEqual(failures?.cases.map((one) => one.case).sort(), ["0", "9"]);
  // Two exams to a patient: the interval is that of patients drawn whole.
  const clustered = measureStudy([{ facts, records: [record] }], [], { labels: ["abnormal", "normal"], level: 0.95, patientOf: (id) => `${Number(id) >> 1}`, unitOf: units, seed: 1 }).cells[0]!.kappa!;
  assert.ok(isEstimate(clustered) && Math.abs(clustered.estimate - 0.6) < 1e-12);
  assert.match(clustered.method, /bootstrap of patients/);
  // Without any error no resample differs: kappa is 1, with the limits of the agreement.
  const right = { ...record, predictions: images.map((one) => view(one.case, one.label, one.label === 0 ? 0.9 : 0.1)) };
  const perfect = measureStudy([{ facts, records: [right] }], [], { labels: ["abnormal", "normal"], level: 0.95, patientOf: (id) => `${Number(id) >> 1}`, unitOf: units, seed: 1 }).cells[0]!.kappa!;
  assert.ok(isEstimate(perfect) && perfect.estimate === 1 && perfect.lower < 0.9 && perfect.upper === 1);
});
