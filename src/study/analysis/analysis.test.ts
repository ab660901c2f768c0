import assert from "node:assert/strict";
import test from "node:test";
import { InputError, NotFoundError } from "../../base/index.js";
import type { Case, Dataset } from "../../data/index.js";
import { isEstimate } from "../results.js";
import type { CasePrediction } from "../task-record.js";
import { calibrationOf, decisionsOf } from "./calibration.js";
import { characteristicsOf } from "./characteristics.js";
import { subgroupColumn, subgroupsOf } from "./subgroups.js";

const options = { labels: ["normal", "scoliosis"], level: 0.95, patientOf: (id: string) => id, seed: 1 };

function predict(id: string, label: number, probability: number): CasePrediction {
  return { case: id, label, predicted: probability >= 0.5 ? 1 : 0, probabilities: [1 - probability, probability] };
}

const cases = (values: readonly string[], column = "age") => values.map((value, i) => ({ id: `c${i}`, fields: { [column]: value } }));

test("a column of many numbers is cut into thirds, one of few values into these, and what is not told is in no group", () => {
  const { groupOf } = subgroupColumn(cases(["10", "20", "30", "40", "50", "60", "70", "80", "90", ""]), "age", ["age"]);
  assert.deepEqual([...groupOf.values()], [...Array<string>(3).fill("up to 30"), ...Array<string>(3).fill("above 30 to 60"), ...Array<string>(3).fill("above 60")]);
  assert.deepEqual([...subgroupColumn(cases(["F", "M", "F"], "sex"), "sex", ["sex"]).groupOf.values()], ["F", "M", "F"]);
  assert.throws(() => subgroupColumn(cases(["F", "F"], "sex"), "sex", ["sex"]), (error) => error instanceof InputError && error.code === "subgroup-column");
  assert.throws(() => subgroupColumn(cases(["F"], "sex"), "sxe", ["sex"]), (error) => error instanceof NotFoundError && /"sex"|sex/.test(error.message));
  assert.throws(() => subgroupColumn([], "sex", []), (error) => error instanceof InputError && error.message.includes("without free columns"));
});

test("a subgroup's accuracy is its share of right answers, by hand; its tests are adjusted for each other", () => {
  const groupOf = new Map(Array.from({ length: 40 }, (_, i) => [`c${i}`, i < 20 ? "F" : "M"] as const));
  // Right on 18 of 20 and on 10 of 20; one case of unknown sex.
  const predictions = [...Array.from({ length: 40 }, (_, i) => predict(`c${i}`, i % 2, (i < 20 ? i >= 2 : i >= 30) === (i % 2 === 1) ? 0.6 + i / 200 : 0.4 - i / 200)), predict("unknown", 1, 0.9)];
  const found = subgroupsOf([{ id: "one", predictions }, { id: "two", predictions }], [{ column: "sex", groupOf }], options);
  const accuracy = found.find(({ cell, measure }) => cell === "one" && measure === "accuracy")!;
  assert.deepEqual(accuracy.groups.map(({ name, n, figure }) => [name, n, isEstimate(figure) && figure.estimate]), [["F", 20, 0.9], ["M", 20, 0.5]]);
  assert.equal(accuracy.missing, 1);
  assert.ok(accuracy.worst?.name === "M" && isEstimate(accuracy.worst.figure) && accuracy.worst.figure.estimate === 0.5);
  const { interaction } = accuracy;
  assert.ok("p" in interaction);
  // Oracle: Pearson's chi-square of (18, 2; 10, 10) is 7.619; R: pchisq(7.619048, 1, lower.tail = FALSE) = 0.005775.
  assert.ok(Math.abs(interaction.p - 0.0057754) < 1e-6, String(interaction.p));
  // Two tests of accuracy, equal: Holm doubles both.
  assert.ok(Math.abs(interaction.pAdjusted - 2 * interaction.p) < 1e-12);
});

test("Brier scores, bins and net benefit are those worked by hand", () => {
  const predictions = [predict("a", 1, 0.9), predict("b", 0, 0.2), predict("c", 1, 0.4), predict("d", 0, 0.1)];
  const { brier, perClass } = calibrationOf(predictions, options);
  // (0.01 + 0.04 + 0.36 + 0.01) / 4 of one class, twice that over both.
  assert.ok(isEstimate(brier) && Math.abs(brier.estimate - 0.21) < 1e-12);
  assert.deepEqual(Object.keys(perClass), ["scoliosis"]);
  const own = perClass["scoliosis"]!;
  assert.ok(isEstimate(own.brier) && Math.abs(own.brier.estimate - 0.105) < 1e-12);
  assert.deepEqual(own.bins.map(({ n }) => n), [1, 1, 1, 1]);
  const curve = decisionsOf(predictions, options)["scoliosis"]!;
  assert.ok(!("notEstimable" in curve));
  const half = curve.find(({ threshold }) => threshold === 0.5)!;
  // At one half: one true and no false positive of four cases; acting on all: (2 - 2) / 4.
  assert.ok(isEstimate(half.model) && half.model.estimate === 0.25);
  assert.ok(isEstimate(half.treatAll) && Math.abs(half.treatAll.estimate) < 1e-12);
});

function dataset(rows: readonly { readonly patient: string; readonly label: string; readonly fields: Record<string, string> }[]): Dataset {
  const all = rows.map(({ patient, label, fields }, i): Case => ({ id: `c${i}`, file: `/c${i}.png`, label, patient, fields }));
  return { name: "labels.csv", cases: all, labels: ["normal", "scoliosis"], columns: Object.keys(rows[0]!.fields), hasPatients: true, warnings: [], setAside: [], filteredOut: 0, sha256: "" };
}

test("the first table counts patients where their images agree, images elsewhere, and says what is not told", () => {
  const set = dataset([
    { patient: "A", label: "normal", fields: { age: "40", sex: "F", view: "ap", name: "Doe" } },
    { patient: "A", label: "normal", fields: { age: "40", sex: "F", view: "lateral", name: "Doe" } },
    { patient: "B", label: "scoliosis", fields: { age: "20", sex: "", view: "ap", name: "Roe" } },
    { patient: "C", label: "scoliosis", fields: { age: "30", sex: "M", view: "ap", name: "Poe" } },
  ]);
  const { columns, groups } = characteristicsOf(set, { parts: { all: [0, 1, 2, 3] } });
  assert.deepEqual(columns, { age: "patients", sex: "patients", view: "images" });
  assert.deepEqual(groups.map(({ label, images, patients }) => [label, images, patients]), [[undefined, 4, 3], ["normal", 2, 1], ["scoliosis", 2, 2]]);
  const [all] = groups;
  // Of 20, 30, 40: mean and median 30, deviation 10, quartiles 25 and 35.
  assert.deepEqual(all!.columns["age"], { kind: "number", n: 3, missing: 0, mean: 30, standardDeviation: 10, median: 30, quartiles: [25, 35], range: [20, 40] });
  assert.deepEqual(all!.columns["sex"], { kind: "category", n: 2, missing: 1, counts: { F: 1, M: 1 } });
  assert.deepEqual(all!.columns["view"], { kind: "category", n: 4, missing: 0, counts: { ap: 3, lateral: 1 } });
});

test("columns that may name a patient are described only if the study asks for them", () => {
  const set = dataset([
    { patient: "A", label: "normal", fields: { name: "Doe", ward: "1" } },
    { patient: "B", label: "scoliosis", fields: { name: "Roe", ward: "2" } },
  ]);
  assert.deepEqual(characteristicsOf(set, { parts: { all: [0, 1] } }).columns, {});
  assert.deepEqual(Object.keys(characteristicsOf(set, { parts: { all: [0, 1] }, named: ["ward"] }).columns), ["ward"]);
});
