import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { blandAltman } from "./bland-altman.js";
import { fleissKappa, fleissKappaTest, gwetAc1, krippendorffAlpha } from "./chance-corrected.js";
import { cohenKappa, crossTabulate } from "./cohen-kappa.js";
import { intraclassCorrelation } from "./intraclass-correlation.js";
import type { Rating } from "./rating-table.js";

function close(got: number, expected: number, tolerance: number, what = ""): void {
  assert.ok(Math.abs(got - expected) <= tolerance, `${what}: got ${got}, expected ${expected}`);
}

// Published with irrCAC 1.0 (Gwet 2014): three abstractors' table, six psychiatrists' diagnoses, Krippendorff's 12 units.
const abstractors = [
  [13, 0, 0],
  [0, 20, 7],
  [0, 4, 56],
];
const psychiatrists = [
  [0, 0, 0, 6, 0],
  [0, 3, 0, 0, 3],
  [0, 1, 4, 0, 1],
  [0, 0, 0, 0, 6],
  [0, 3, 0, 3, 0],
  [2, 0, 4, 0, 0],
  [0, 0, 4, 0, 2],
  [2, 0, 3, 1, 0],
  [2, 0, 0, 4, 0],
  [0, 0, 0, 0, 6],
  [1, 0, 0, 5, 0],
  [1, 1, 0, 4, 0],
  [0, 3, 3, 0, 0],
  [1, 0, 0, 5, 0],
  [0, 2, 0, 3, 1],
].map((row) => row.flatMap((count, k) => Array.from({ length: count }, () => k)));
const units: Rating[][] = [
  [1, 1, null, 1],
  [2, 2, 3, 2],
  [3, 3, 3, 3],
  [3, 3, 3, 3],
  [2, 2, 2, 2],
  [1, 2, 3, 4],
  [4, 4, 4, 4],
  [1, 1, 2, 1],
  [2, 2, 2, 2],
  [null, 5, 5, 5],
  [null, null, 1, 1],
  [null, null, 3, null],
];

test("Cohen's kappa of irrCAC's published table", () => {
  const got = cohenKappa(abstractors);
  close(got.estimate, 0.7964094, 5e-8);
  close(got.observedAgreement, 0.89, 1e-12);
  // The published error uses n - 1 and t; ours is Fleiss, Cohen and Everitt's.
  close(got.standardError, 0.05891072, 4e-4);
});

test("coefficients of six psychiatrists equal irrCAC's published figures", () => {
  const rows = [
    [gwetAc1(psychiatrists), 0.4448007, 0.08418757, 0.264, 0.625, 0.0001155927, 0.5511111, 0.1914815],
    [fleissKappa(psychiatrists), 0.4139265, 0.08119291, 0.24, 0.588, 0.0001622724, 0.5511111, 0.2340741],
    [krippendorffAlpha(psychiatrists), 0.4204384, 0.08243228, 0.244, 0.597, 0.0001615721, 0.5560988, 0.2340741],
  ] as const;
  for (const [got, estimate, error, lower, upper, p, observed, expected] of rows) {
    close(got.estimate, estimate, 5.1e-8, got.method);
    close(got.observedAgreement, observed, 5.1e-8, got.method);
    close(got.expectedAgreement, expected, 5.1e-8, got.method);
    // irrCAC linearizes alpha in two ways, for counts (1.5 % wider) and for ratings; ours is the one for ratings, checked below.
    if (got.method.startsWith("Krippendorff")) continue;
    close(got.standardError, error, 5.1e-9, got.method);
    close(got.lower, lower, 5.1e-4, got.method);
    close(got.upper, upper, 5.1e-4, got.method);
    close(got.p, p, 5.1e-11, got.method);
  }
});

test("coefficients of ratings with gaps equal irrCAC's published figures", () => {
  const rows = [
    [gwetAc1(units), 0.77544, 0.14295, 0.8181818, 0.1903212],
    [fleissKappa(units), 0.76117, 0.15302, 0.8181818, 0.2387153],
    [krippendorffAlpha(units), 0.74342, 0.14548, 0.805, 0.24],
  ] as const;
  for (const [got, estimate, error, observed, expected] of rows) {
    close(got.estimate, estimate, 5.1e-6, got.method);
    close(got.standardError, error, 5.1e-6, got.method);
    close(got.observedAgreement, observed, 5.1e-8, got.method);
    close(got.expectedAgreement, expected, 5.1e-8, got.method);
  }
  close(gwetAc1(units).p, 0.000208721, 5.1e-10);
  close(fleissKappa(units).p, 0.000419173, 5.1e-10);
  close(gwetAc1(units).lower, 0.461, 5.1e-4);
  close(fleissKappa(units).lower, 0.424, 5.1e-4);
});

test("Fleiss's own table of 1971: kappa 0.430, z 17.65", () => {
  const rows = [
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0], [2, 0, 4, 0, 0], [0, 0, 4, 0, 2],
    [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6], [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0],
    [0, 2, 0, 3, 1], [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0], [0, 2, 0, 4, 0], [1, 0, 2, 0, 3], [0, 0, 0, 0, 6],
    [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0], [1, 0, 0, 4, 1], [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0],
    [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
  ].map((row) => row.flatMap((count, k) => Array.from({ length: count }, () => k)));
  close(fleissKappa(rows).estimate, 0.43, 5e-4);
  close(fleissKappaTest(rows).z, 17.65, 0.005);
});

interface Stored {
  icc: { values: number[][]; rows: { model: "agreement" | "consistency" | "one-way"; unit: "single" | "average"; expected: number[] }[] }[];
  kappa: { counts: number[][]; unweighted: number[]; linear: number[]; quadratic: number[] }[];
  blandAltman: { first: number[]; second: number[]; expected: number[] }[];
}
const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/stats/agreement.json"), "utf8")) as Stored;

test("intraclass correlations, F, p and limits equal McGraw and Wong's formulas in R", () => {
  for (const { values, rows } of stored.icc) {
    for (const { model, unit, expected } of rows) {
      const got = intraclassCorrelation(values, { model, unit });
      [got.estimate, got.lower, got.upper, got.f, got.p].forEach((value, i) =>
        close(value, expected[i]!, 1e-9 * Math.max(1, Math.abs(expected[i]!)), `${model} ${unit} ${i}`),
      );
    }
  }
});

test("intraclass correlations of Shrout and Fleiss 1979, table 4", () => {
  const { values } = stored.icc[0]!;
  const icc = (model: "agreement" | "consistency" | "one-way", unit: "single" | "average"): number =>
    intraclassCorrelation(values, { model, unit }).estimate;
  close(icc("one-way", "single"), 0.17, 0.005);
  close(icc("agreement", "single"), 0.29, 0.005);
  close(icc("consistency", "single"), 0.71, 0.005);
  close(icc("one-way", "average"), 0.44, 0.005);
  close(icc("agreement", "average"), 0.62, 0.005);
  close(icc("consistency", "average"), 0.91, 0.005);
});

test("kappa with its weights, errors and test equals the formulas of Fleiss, Cohen and Everitt in R", () => {
  for (const { counts, ...expected } of stored.kappa) {
    for (const weights of ["unweighted", "linear", "quadratic"] as const) {
      const got = cohenKappa(counts, { weights });
      [got.estimate, got.standardError, got.lower, got.upper, got.p].forEach((value, i) =>
        close(value, expected[weights][i]!, 1e-10, `${weights} ${i}`),
      );
    }
  }
});

test("limits of agreement equal R's", () => {
  for (const { first, second, expected } of stored.blandAltman) {
    const { bias, lowerLimit, upperLimit } = blandAltman(first, second);
    [bias, lowerLimit, upperLimit]
      .flatMap(({ estimate, lower, upper }) => [estimate, lower, upper])
      .forEach((value, i) => close(value, expected[i]!, 1e-10, `${i}`));
  }
});

test("repeated cases of a patient widen the limits' intervals, not the limits", () => {
  const first = [1, 2, 3, 4, 5, 6, 7, 9];
  const second = [1.5, 2.2, 2.4, 4.9, 4.1, 6.6, 7.9, 8];
  const groups = first.map((_, i) => i % 8);
  assert.deepEqual(blandAltman(first, second, { groups }).lowerLimit, blandAltman(first, second).lowerLimit);
  const doubled = blandAltman([...first, ...first], [...second, ...second], { groups: [...groups, ...groups] });
  const plain = blandAltman(first, second);
  close(doubled.standardDeviation, plain.standardDeviation, 1e-12, "identical repeats add no variance");
  close(doubled.upperLimit.upper, plain.upperLimit.upper, 1e-12);
});

test("agreement does not depend on the order of cases, raters or names, and is 1 where all agree", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(2), { minLength: 3, maxLength: 3 }), { minLength: 6, maxLength: 12 }), (rows) => {
      rows.push([0, 0, 1], [1, 2, 1], [2, 2, 0]);
      for (const f of [fleissKappa, gwetAc1, krippendorffAlpha]) {
        const got = f(rows).estimate;
        close(f(rows.map((row) => [...row].reverse()).reverse()).estimate, got, 1e-12);
        close(f(rows.map((row) => row.map((value) => "cab"[value]!))).estimate, got, 1e-12);
        close(f(rows.map((row) => row.map(() => row[0]!))).estimate, 1, 1e-12);
      }
    }),
    { numRuns: 20 },
  );
});

test("weights in steps and a table of weights are one thing; impossible ones are refused", () => {
  const weights = [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]];
  const a = cohenKappa(abstractors, { weights });
  close(a.estimate, cohenKappa(abstractors, { weights: "linear" }).estimate, 1e-15);
  assert.throws(() => cohenKappa(abstractors, { weights: [[1, 0], [0, 1]] }), { code: "weights" });
  assert.throws(() => cohenKappa([[4, 0], [0, 0]]), { code: "not-estimable" });
  assert.throws(() => fleissKappa([[1, 1], [1, 1]]), { code: "not-estimable" });
  assert.throws(() => intraclassCorrelation([[1, 1], [2, 2]]), { code: "not-estimable" });
  assert.deepEqual(crossTabulate(["a", "b", "a"], ["a", "a", "b"]).counts, [[1, 1], [1, 0]]);
});
