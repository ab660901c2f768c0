import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fQuantile, fUpperP } from "./distributions/index.js";
import {
  sizeForAuc,
  sizeForAucDifference,
  sizeForNonInferiority,
  sizeForPairedProportions,
  sizeForProportion,
  sizeForProportionTest,
  sizeForTwoProportions,
} from "./sample-size.js";

interface Stored {
  twoProportions: number[][];
  oneProportion: number[][];
  paired: number[][];
  fUpper: number[][];
  fQuantile: number[][];
}
const read = (name: string): unknown => JSON.parse(readFileSync(path.resolve(`test/fixtures/stats/${name}.json`), "utf8"));
const stored = read("subgroups") as Stored;

function close(got: number, expected: number, relative = 1e-10): void {
  assert.ok(Math.abs(got - expected) <= relative * Math.abs(expected), `got ${got}, expected ${expected}`);
}

test("sample sizes equal R's power.prop.test, pROC's power.roc.test and the formulas", () => {
  for (const [first, second, power, n] of stored.twoProportions as [number, number, number, number][]) {
    close(sizeForTwoProportions({ first, second, power }).exact, n, 1e-6);
  }
  for (const [expected, against, power, n] of stored.oneProportion as [number, number, number, number][]) {
    close(sizeForProportionTest({ expected, against, power }).exact, n);
  }
  for (const [difference, discordant, power, n] of stored.paired as [number, number, number, number][]) {
    close(sizeForPairedProportions({ difference, discordant, power }).exact, n);
  }
  const roc = read("roc-extra") as { power: [number, number, number, number, number][] };
  for (const [auc, ratio, power, positives, negatives] of roc.power) {
    const got = sizeForAuc({ auc, ratio, power });
    assert.equal(got.positives, Math.ceil(positives));
    assert.equal(got.negatives, Math.ceil(negatives));
    close(got.exact, positives + negatives, 1e-9);
  }
});

test("a textbook size: 77 per group for 0.5 against 0.75 at a power of 90 %", () => {
  // R's documentation of power.prop.test: n = 76.7 per group.
  assert.equal(sizeForTwoProportions({ first: 0.5, second: 0.75, power: 0.9 }).n, 77);
});

test("the Wilson interval at the size is as asked, one case fewer is too few", () => {
  for (const [expected, halfWidth] of [[0.9, 0.05], [0.5, 0.03], [0.99, 0.02]] as const) {
    const { n } = sizeForProportion({ expected, halfWidth });
    const half = (size: number): number => {
      const z = 1.959963984540054;
      return (z / (1 + (z * z) / size)) * Math.sqrt((expected * (1 - expected)) / size + (z * z) / (4 * size * size));
    };
    assert.ok(half(n) <= halfWidth && half(n - 1) > halfWidth, `${expected}`);
    assert.equal(sizeForProportion({ expected, halfWidth, prevalence: 0.25 }).n, 4 * n);
  }
});

test("a closer correlation needs fewer cases, a difference at the margin is refused", () => {
  const plan = { first: 0.85, second: 0.8, ratio: 2 };
  assert.ok(sizeForAucDifference({ ...plan, correlation: 0.6 }).n < sizeForAucDifference({ ...plan, correlation: 0 }).n);
  close(sizeForNonInferiority({ margin: 0.05, variance: 0.1 }).exact, ((1.959963984540054 + 0.8416212335729143) ** 2 * 0.1) / 0.0025);
  assert.throws(() => sizeForNonInferiority({ margin: 0.05, variance: 0.1, expected: -0.05 }), { code: "plan" });
  assert.throws(() => sizeForTwoProportions({ first: 0.5, second: 0.5 }), { code: "plan" });
  assert.throws(() => sizeForAuc({ auc: 0.5 }), { code: "plan" });
});

test("tails and quantiles of F equal R's", () => {
  for (const [f, df1, df2, p] of stored.fUpper as [number, number, number, number][]) close(fUpperP(f, df1, df2), p, 1e-12);
  for (const [p, df1, df2, f] of stored.fQuantile as [number, number, number, number][]) close(fQuantile(p, df1, df2), f, 1e-11);
});
