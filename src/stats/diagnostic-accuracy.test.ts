import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { countBinary, diagnosticAccuracy, unpairedDifference } from "./diagnostic-accuracy.js";
import type { Estimate, Figure } from "./estimate.js";
import { matthewsCorrelation } from "./matthews.js";
import { negativePredictiveValue, positivePredictiveValue } from "./predictive-values.js";
import { proportionRatio } from "./proportion-ratio.js";

function close(got: number, expected: number, tolerance: number, what = ""): void {
  assert.ok(Math.abs(got - expected) <= tolerance, `${what}: got ${got}, expected ${expected}`);
}

function figure(value: Figure): Estimate {
  assert.ok("estimate" in value, JSON.stringify(value));
  return value;
}

test("Koopman's interval is that of his paper: 36 of 40 against 16 of 80", () => {
  const got = proportionRatio({ successes: 36, n: 40 }, { successes: 16, n: 80 });
  close(got.estimate, 4.5, 1e-12);
  close(got.lower, 2.94, 0.005, "lower");
  close(got.upper, 7.15, 0.005, "upper");
});

test("the log interval of a likelihood ratio is Simel's worked by hand", () => {
  const got = proportionRatio({ successes: 40, n: 50 }, { successes: 5, n: 100 }, { method: "log" });
  const se = Math.sqrt(1 / 40 - 1 / 50 + 1 / 5 - 1 / 100);
  close(got.estimate, 16, 1e-12);
  close(got.upper, 16 * Math.exp(1.959963984540054 * se), 1e-10);
  close(got.lower * got.upper, 256, 1e-9, "symmetric on the log scale");
});

test("a ratio over nothing is refused, one of nothing has the limit 0", () => {
  assert.throws(() => proportionRatio({ successes: 3, n: 10 }, { successes: 0, n: 10 }), { code: "not-estimable" });
  assert.throws(() => proportionRatio({ successes: 0, n: 10 }, { successes: 3, n: 10 }, { method: "log" }), {
    code: "not-estimable",
  });
  const got = proportionRatio({ successes: 0, n: 10 }, { successes: 3, n: 10 });
  assert.equal(got.estimate, 0);
  assert.equal(got.lower, 0);
  assert.ok(got.upper > 0.3 && got.upper < 2);
});

test("predictive values at a prevalence follow Bayes and the logit interval of Mercaldo", () => {
  const counts = { truePositives: 84, falseNegatives: 16, falsePositives: 25, trueNegatives: 75 };
  const [se, sp, prevalence] = [0.84, 0.75, 0.03];
  const ppv = positivePredictiveValue(counts, { prevalence, method: "logit" });
  close(ppv.estimate, (se * prevalence) / (se * prevalence + (1 - sp) * (1 - prevalence)), 1e-14);
  const half = 1.959963984540054 * Math.sqrt((1 - se) / (se * 100) + sp / ((1 - sp) * 100));
  const center = Math.log(ppv.estimate / (1 - ppv.estimate));
  close(ppv.lower, 1 / (1 + Math.exp(-(center - half))), 1e-12);
  close(ppv.upper, 1 / (1 + Math.exp(-(center + half))), 1e-12);
  const npv = negativePredictiveValue(counts, { prevalence, method: "logit" });
  close(npv.estimate, (sp * (1 - prevalence)) / (sp * (1 - prevalence) + (1 - se) * prevalence), 1e-14);
  const score = positivePredictiveValue(counts, { prevalence });
  close(score.estimate, ppv.estimate, 1e-14);
  assert.ok(Math.abs(score.lower - ppv.lower) < 0.01 && Math.abs(score.upper - ppv.upper) < 0.02);
});

test("a predictive value without wrong calls is estimable by the score method alone", () => {
  const counts = { truePositives: 9, falseNegatives: 1, falsePositives: 0, trueNegatives: 20 };
  assert.throws(() => positivePredictiveValue(counts, { prevalence: 0.1, method: "logit" }), { code: "not-estimable" });
  const got = positivePredictiveValue(counts, { prevalence: 0.1 });
  assert.equal(got.estimate, 1);
  assert.equal(got.upper, 1);
  assert.ok(got.lower > 0.2 && got.lower < 0.6);
  assert.throws(() => positivePredictiveValue(counts, { prevalence: 0 }), { code: "prevalence" });
});

test("Newcombe's published intervals of a difference, 1998, table II, method 10", () => {
  const rows: [number, number, number, number, number, number][] = [
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1.0],
    [10, 10, 0, 10, 0.6075, 1.0],
  ];
  for (const [x1, n1, x2, n2, lower, upper] of rows) {
    const got = unpairedDifference({ successes: x1, n: n1 }, { successes: x2, n: n2 });
    close(got.lower, lower, 6e-5, `${x1}/${n1} - ${x2}/${n2}`);
    close(got.upper, upper, 6e-5, `${x1}/${n1} - ${x2}/${n2}`);
  }
});

test("the variance of Matthews' coefficient is that of phi in Bishop, Fienberg and Holland", () => {
  for (const [a, b, c, d] of [
    [40, 10, 5, 45],
    [3, 7, 2, 60],
    [12, 30, 25, 9],
  ] as const) {
    const n = a + b + c + d;
    const [r1, r2, c1, c2] = [a + b, c + d, a + c, b + d].map((x) => x / n) as [number, number, number, number];
    const phi = (a * d - b * c) / (n * n) / Math.sqrt(r1 * r2 * c1 * c2);
    const variance =
      (1 -
        phi ** 2 +
        (phi * (1 + phi ** 2 / 2) * (r1 - r2) * (c1 - c2)) / Math.sqrt(r1 * r2 * c1 * c2) -
        0.75 * phi ** 2 * ((r1 - r2) ** 2 / (r1 * r2) + (c1 - c2) ** 2 / (c1 * c2))) /
      n;
    const got = matthewsCorrelation([[a, b], [c, d]]);
    close(got.estimate, phi, 1e-14, "phi");
    close(got.standardError ** 2, variance, 1e-14, "variance");
  }
});

test("the coefficient of three classes is Gorodkin's, worked by hand", () => {
  // 10 right of 15, cases of each class 5, 4, 6, calls 4, 5, 6: (10 * 15 - 76)/sqrt((225 - 77)(225 - 77)) = 74/148.
  const got = matthewsCorrelation([[2, 2, 1], [1, 3, 0], [1, 0, 5]]);
  close(got.estimate, 0.5, 1e-14);
});

test("a perfect or one-sided table has no Matthews interval", () => {
  assert.throws(() => matthewsCorrelation([[5, 0], [0, 5]]), { code: "not-estimable" });
  assert.throws(() => matthewsCorrelation([[5, 5], [0, 0]]), { code: "not-estimable" });
  assert.throws(() => matthewsCorrelation([[5, 5]]), { code: "counts" });
});

test("every figure of a test is estimable or says why not, and lies in its interval", () => {
  fc.assert(
    fc.property(fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30), fc.nat(30)), ([tp, fp, fn, tn]) => {
      const report = diagnosticAccuracy(
        { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn },
        { prevalence: 0.2 },
      );
      for (const [name, value] of Object.entries(report)) {
        if (name === "counts" || name === "n") continue;
        const f = value as Figure;
        if ("notEstimable" in f) continue;
        assert.ok(
          f.lower <= f.estimate + 1e-12 && f.estimate <= f.upper + 1e-12 && Number.isFinite(f.lower + f.upper),
          `${name} ${JSON.stringify(f)}`,
        );
      }
    }),
    { numRuns: 60 },
  );
});

test("Youden's index and the balanced accuracy are two scales of one number", () => {
  const report = diagnosticAccuracy(countBinary([1, 1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0, 1]));
  const [j, balanced] = [figure(report.youden), figure(report.balancedAccuracy)];
  close(j.estimate, 3 / 4 + 2 / 3 - 1, 1e-14);
  close(balanced.estimate, (j.estimate + 1) / 2, 1e-14);
  close(balanced.lower, (j.lower + 1) / 2, 1e-14);
});
