import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import {
  betaQuantile,
  betaTails,
  binomialCdf,
  binomialMass,
  chiSquareCdf,
  chiSquareQuantile,
  findRoot,
  gammaTails,
  logGamma,
  normalCdf,
  normalQuantile,
  normalTwoSidedP,
  studentCdf,
  fUpperP,
  studentQuantile,
  studentTwoSidedP,
} from "./index.js";

type Row = readonly number[];
const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/stats/distributions.json"), "utf8")) as {
  rows: Record<string, Row[]>;
};

const functions: Record<string, { f: (...x: number[]) => number; relative: number }> = {
  logGamma: { f: logGamma, relative: 1e-14 },
  gammaLower: { f: (a, x) => gammaTails(a, x).lower, relative: 2e-14 },
  gammaUpper: { f: (a, x) => gammaTails(a, x).upper, relative: 2e-14 },
  betaLower: { f: (x, a, b) => betaTails(x, a, b).lower, relative: 2e-13 },
  betaUpper: { f: (x, a, b) => betaTails(x, a, b).upper, relative: 2e-13 },
  betaQuantile: { f: betaQuantile, relative: 1e-13 },
  normalCdf: { f: normalCdf, relative: 1e-13 },
  normalQuantile: { f: normalQuantile, relative: 1e-15 },
  studentTwoSidedP: { f: studentTwoSidedP, relative: 1e-13 },
  studentQuantile: { f: studentQuantile, relative: 1e-13 },
  chiSquareCdf: { f: chiSquareCdf, relative: 1e-14 },
  chiSquareQuantile: { f: chiSquareQuantile, relative: 1e-13 },
  binomialMass: { f: (x, n, p) => binomialMass(x, n, p), relative: 1e-13 },
  binomialCdf: { f: binomialCdf, relative: 1e-13 },
};

for (const [name, { f, relative }] of Object.entries(functions)) {
  test(`${name} equals mpmath or scipy`, () => {
    const rows = stored.rows[name]!;
    assert.ok(rows.length >= 5);
    for (const row of rows) {
      const expected = row.at(-1)!;
      const got = f(...row.slice(0, -1));
      const scale =
        name === "logGamma" || name === "normalQuantile" ? Math.max(1, Math.abs(expected)) : Math.abs(expected);
      assert.ok(
        Math.abs(got - expected) <= relative * scale,
        `${name}(${row.slice(0, -1).join(", ")}) = ${got}, expected ${expected}`,
      );
    }
  });
}

test("quantiles and distribution functions undo each other", () => {
  for (let p = 0.001; p < 1; p += 0.0371) {
    assert.ok(Math.abs(normalCdf(normalQuantile(p)) - p) < 1e-15 * 4);
    assert.ok(Math.abs(studentCdf(studentQuantile(p, 3.3), 3.3) - p) < 1e-14);
    assert.ok(Math.abs(betaTails(betaQuantile(p, 2.5, 40), 2.5, 40).lower - p) < 1e-14);
    assert.ok(Math.abs(chiSquareCdf(chiSquareQuantile(p, 7), 7) - p) < 1e-14);
  }
});

test("closed forms hold: Beta(1, b), Gamma(1), t with one and two degrees of freedom", () => {
  for (const x of [0.01, 0.3, 0.77]) {
    assert.ok(Math.abs(betaTails(x, 1, 5).lower - (1 - (1 - x) ** 5)) < 1e-15);
    assert.ok(Math.abs(gammaTails(1, x).upper - Math.exp(-x)) < 1e-15);
    assert.ok(Math.abs(studentTwoSidedP(x, 1) - (1 - (2 / Math.PI) * Math.atan(x))) < 1e-15);
    assert.ok(Math.abs(studentTwoSidedP(x, 2) - (1 - x / Math.sqrt(2 + x * x))) < 1e-15);
    assert.ok(Math.abs(normalTwoSidedP(x) - 2 * normalCdf(-x)) < 1e-16);
  }
});

test("Student's t with millions of degrees of freedom, as readers who agree have, keeps its digits", () => {
  // mpmath 1.2, 40 digits: twice the integral of the density from 2, and its 97.5 % point.
  for (const [df, p, point] of [
    [2e6, 0.0455003988738067, 1.959965170676375],
    [1e12, 0.0455002638966284, 1.959963984542426],
  ] as const) {
    assert.ok(Math.abs(studentTwoSidedP(2, df) / p - 1) < 1e-12, String(df));
    assert.ok(Math.abs(studentQuantile(0.975, df) / point - 1) < 1e-13, String(df));
  }
  assert.ok(Math.abs(fUpperP(4, 1, 1e12) / 0.0455002638966284 - 1) < 1e-9);
  assert.ok(Math.abs(studentQuantile(0.975, 1e40) - 1.959963984540054) < 1e-14);
});

test("edges of the supports are exact", () => {
  assert.deepEqual(betaTails(0, 2, 3), { lower: 0, upper: 1 });
  assert.deepEqual(betaTails(1, 2, 3), { lower: 1, upper: 0 });
  assert.deepEqual(gammaTails(2, 0), { lower: 0, upper: 1 });
  assert.deepEqual(gammaTails(2, Infinity), { lower: 1, upper: 0 });
  assert.equal(betaQuantile(0, 2, 3), 0);
  assert.equal(betaQuantile(1, 2, 3), 1);
  assert.equal(chiSquareQuantile(0, 4), 0);
  assert.equal(studentQuantile(0.5, 4), 0);
  assert.equal(normalCdf(0), 0.5);
  assert.equal(binomialCdf(-1, 4, 0.5), 0);
  assert.equal(binomialCdf(4, 4, 0.5), 1);
  assert.equal(binomialMass(5, 4, 0.5), 0);
  assert.equal(binomialMass(0, 4, 0), 1);
  assert.equal(binomialMass(4, 4, 1), 1);
});

test("a root is found where the sign changes and nowhere else", () => {
  assert.ok(Math.abs(findRoot((x) => x ** 3 - 2, 0, 5) - Math.cbrt(2)) < 1e-15);
  assert.equal(
    findRoot((x) => x, 0, 5),
    0,
  );
  assert.throws(() => findRoot((x) => x * x + 1, -1, 1), { code: "no-bracket" });
});
