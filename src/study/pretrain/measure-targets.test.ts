import assert from "node:assert/strict";
import test from "node:test";
import { float32 } from "../../base/index.js";
import { isEstimable } from "../../stats/index.js";
import { measureTargets } from "./measure-targets.js";
import { targetTable } from "./target-heads.js";

const row = (condition: string, rest: Record<string, string> = {}) => ({ fields: { condition, view: "whole-spine-ap", grade: "none", curve_type: "none", ...rest } });
const cases = [
  row("normal", { cobb_deg: "4", apex_level: "L2" }),
  row("scoliosis", { cobb_deg: "20", grade: "mild", curve_type: "lumbar", apex_level: "L2" }),
  row("scoliosis", { cobb_deg: "36", grade: "moderate", curve_type: "main-thoracic", apex_level: "T8" }),
  row("isthmic-spondylolisthesis", { view: "lumbar-lateral", cobb_deg: "3", level: "L5", slip_mm: "9", grade: "Meyerding I" }),
  row("scoliosis", { cobb_deg: "60", grade: "severe", curve_type: "double-major", apex_level: "T9" }),
];

test("targets apply where they mean something, with the classes and the scale of the training cases", () => {
  const table = targetTable(cases, [0, 1, 2, 3]);
  // One grade of spondylolisthesis and one slip alone are nothing to learn from.
  assert.deepEqual(table.heads.map(({ name }) => name), ["condition", "grade of scoliosis", "level", "curve type", "Cobb angle"]);
  assert.deepEqual(table.truths(0), ["normal", undefined, undefined, undefined, 4]);
  assert.deepEqual(table.truths(1), ["scoliosis", "mild", "L2", "lumbar", 20]);
  assert.deepEqual(table.truths(3), ["isthmic-spondylolisthesis", undefined, "L5", undefined, undefined], "an angle is not seen from the side");
  // By hand: the mean of 4, 20 and 36 is 20, their deviation sqrt(2 x 16² / 3).
  const angle = table.heads[4]!;
  assert.ok(angle.kind === "number" && angle.mean === 20 && Math.abs(angle.deviation - Math.sqrt(512 / 3)) < 1e-12);
  assert.deepEqual(table.row(0), [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, -16 / Math.sqrt(512 / 3), 1]);
  // A class that training has not seen leaves its columns empty, so that the loss passes it over.
  assert.deepEqual(table.row(4).slice(3, 5), [0, 0]);
});

test("measures are shares and errors over the cases a target applies to, beside an answer that knows the condition and does not look", () => {
  const table = targetTable(cases, [0, 1, 2, 3]);
  const deviation = Math.sqrt(512 / 3);
  const outputs = [
    // condition (isthmic, normal, scoliosis), grade (mild, moderate), level (L2, L5, T8), curve type (lumbar, main-thoracic), angle
    [0, 2, 1, 0, 0, 0, 0, 0, 0, 0, (6 - 20) / deviation],
    [0, 2, 1, 5, 4, 1, 0, 0, 1, 0, (25 - 20) / deviation],
    [0, 1, 2, 1, 0, 0, 0, 1, 0, 1, (35 - 20) / deviation],
    [3, 1, 2, 0, 0, 0, 1, 0, 0, 0, 99],
  ];
  const measures = measureTargets({ table, indices: [0, 1, 2, 3], outputs: float32([4, 11], outputs.flat()), patients: ["a", "b", "c", "d"] });
  const figures = Object.fromEntries(measures.map(({ name, figure, cases: n }) => [name, [isEstimable(figure) ? Number(figure.estimate.toFixed(4)) : undefined, n]]));
  // By hand: conditions right but the second; grades mild right, moderate wrong; angles off by 2, 5 and 1.
  assert.deepEqual(figures, { condition: [0.75, 4], "grade of scoliosis": [0.5, 2], level: [1, 3], "curve type": [1, 2], "Cobb angle": [Number((8 / 3).toFixed(4)), 3] });
  // Always scoliosis: 2 of 4. Who knows the condition: one of two grades; L2 or T8 and L5; a normal spine's 4 degrees, and 28 for the curves of 20 and 36.
  assert.deepEqual(measures.map(({ blind }) => blind), [0.5, 0.5, 2 / 3, 0.5, 16 / 3]);
});
