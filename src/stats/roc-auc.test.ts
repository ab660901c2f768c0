import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { seededRandom } from "../base/index.js";
import { delongTest, delongTestUnpaired } from "./delong-test.js";
import { midranks } from "./placements.js";
import { rocAuc, rocAucBootstrap } from "./roc-auc.js";
import { rocCurve } from "./roc-curve.js";

interface RocCase {
  labels: number[];
  first: number[];
  second: number[];
  auc: number[];
  variance: number[];
  covariance: number;
  ci: number[];
  ci99: number[];
  paired: number[];
  unpaired: number[];
  tpr: number[];
  fpr: number[];
}
const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/stats/roc.json"), "utf8")) as { cases: RocCase[] };

function assertClose(got: number | undefined, expected: number | undefined, tolerance: number, what: string): void {
  assert.ok(
    got !== undefined && expected !== undefined && Math.abs(got - expected) <= tolerance,
    `${what}: got ${got}, expected ${expected}`,
  );
}

test("area, variance, interval and tests equal pROC 1.18.0 on scores with ties", () => {
  stored.cases.forEach(({ labels, first, second, auc, variance, ci, ci99, paired, unpaired }, c) => {
    const a = rocAuc(labels, first, { method: "delong" });
    const b = rocAuc(labels, second, { level: 0.99, method: "delong" });
    assertClose(a.estimate, auc[0], 1e-12, `case ${c} auc`);
    assertClose(b.estimate, auc[1], 1e-12, `case ${c} auc`);
    assertClose(a.standardError! ** 2, variance[0], 1e-12, `case ${c} variance`);
    assertClose(b.standardError! ** 2, variance[1], 1e-12, `case ${c} variance`);
    assertClose(a.lower, ci[0], 1e-12, `case ${c} lower`);
    assertClose(a.upper, ci[2], 1e-12, `case ${c} upper`);
    assertClose(b.lower, ci99[0], 1e-12, `case ${c} lower at 99 %`);
    assertClose(b.upper, ci99[2], 1e-12, `case ${c} upper at 99 %`);
    const test = delongTest(labels, first, second);
    assertClose(test.statistic, paired[0], 1e-10, `case ${c} z`);
    assertClose(test.p, paired[1], 1e-10, `case ${c} p`);
    const half = (remainder: number, values: number[]): number[] => values.filter((_, i) => (i + 1) % 2 === remainder);
    const other = delongTestUnpaired(
      { labels: half(0, labels), scores: half(0, first) },
      { labels: half(1, labels), scores: half(1, second) },
    );
    assertClose(other.statistic, unpaired[0], 1e-10, `case ${c} t`);
    assertClose(other.degreesOfFreedom, unpaired[1], 1e-8, `case ${c} df`);
    assertClose(other.p, unpaired[2], 1e-10, `case ${c} unpaired p`);
  });
});

test("the curve's points equal pROC's", () => {
  stored.cases.forEach(({ labels, first, tpr, fpr }) => {
    const points = rocCurve(labels, first, { keep: "all" });
    assert.equal(points.length, tpr.length);
    const expected = tpr.map((rate, i) => [fpr[i]!, rate] as const).sort((p, q) => p[0] - q[0] || p[1] - q[1]);
    points.forEach((point, i) => {
      assertClose(point.falsePositiveRate, expected[i]![0], 1e-14, "fpr");
      assertClose(point.truePositiveRate, expected[i]![1], 1e-14, "tpr");
    });
  });
});

const shared = path.resolve("../shared/data/stats");
const absent = existsSync(path.join(shared, "aSAH.csv")) ? false : "shared data absent";

test("pROC's published figures on aSAH hold to 1e-10", { skip: absent }, () => {
  const [header, ...lines] = readFileSync(path.join(shared, "aSAH.csv"), "utf8")
    .trim()
    .split(/\r?\n/)
    .map((line) => line.replaceAll('"', "").split(","));
  const column = (name: string): string[] => lines.map((fields) => fields[header!.indexOf(name)]!);
  const labels = column("outcome").map((value) => value === "Poor");
  const scores = (name: string): number[] => column(name).map(Number);
  let checked = 0;
  for (const line of readFileSync(path.join(shared, "aSAH_pROC_reference.txt"), "utf8").split("\n")) {
    const numbers = line
      .split(/\s+/)
      .filter((word) => /^-?\d/.test(word))
      .map(Number);
    const single = /^(\w+)\s+auc/.exec(line);
    const pair = /^(paired|unpaired) delong (\w+)-(\w+)/.exec(line);
    if (single) {
      const got = rocAuc(labels, scores(single[1]!), { method: "delong" });
      const expected = [got.estimate, got.standardError! ** 2, got.lower, got.estimate, got.upper];
      expected.forEach((value, i) => assertClose(value, numbers[i], 1e-10, line));
      checked += 4;
    } else if (pair?.[1] === "paired") {
      const [first, second] = [scores(pair[2]!), scores(pair[3]!)];
      const got = delongTest(labels, first, second);
      assertClose(got.statistic, numbers[0], 1e-10, line);
      assertClose(got.p, numbers[1], 1e-10, line);
      const variances = [first, second].map((s) => rocAuc(labels, s).standardError! ** 2);
      assertClose((variances[0]! + variances[1]! - got.standardError ** 2) / 2, numbers[2], 1e-10, line);
      checked += 3;
    } else if (pair) {
      const got = delongTestUnpaired({ labels, scores: scores(pair[2]!) }, { labels, scores: scores(pair[3]!) });
      assertClose(got.statistic, numbers[0], 1e-10, line);
      assertClose(got.degreesOfFreedom, numbers[1], 1e-10 * numbers[1]!, line);
      assertClose(got.p, numbers[2], 1e-10, line);
      checked += 3;
    }
  }
  assert.equal(checked, 3 * 4 + 3 * 3 + 3 * 3);
});

test("a worked example: four cases, one pair in the wrong order", () => {
  // Positives 0.35, 0.8 have placements 1/2, 1; negatives 0.1, 0.4 have 1, 1/2: AUC 3/4, variance 1/8 / 2 twice.
  const got = rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], { method: "delong" });
  assert.equal(got.estimate, 0.75);
  assertClose(got.standardError! ** 2, 1 / 8, 1e-16, "variance");
  assert.equal(got.upper, 1);
  assert.equal(got.warnings?.[0]?.code, "interval-cut");
  assert.deepEqual([got.positives, got.negatives, got.n], [2, 2, 4]);
});

test("the default interval by hand: logit of the area, Student's t on Satterthwaite's degrees of freedom", () => {
  // The variances of both kinds are 1/16, each on one degree of freedom: together (1/8)²/(2/256) = 2. t of 2 at 0.975 is 4.302652729696142.
  const got = rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]);
  const half = (4.302652729696142 * Math.sqrt(1 / 8)) / (3 / 16);
  assertClose(got.lower, 1 / (1 + Math.exp(half - Math.log(3))), 1e-12, "lower");
  assertClose(got.upper, 1 / (1 + Math.exp(-half - Math.log(3))), 1e-12, "upper");
  assert.equal(got.method, "DeLong on the logit scale");
});

test("ties share their ranks and count one half", () => {
  assert.deepEqual([...midranks(Float64Array.from([3, 1, 3, 2, 3]))], [4, 1, 4, 2, 4]);
  assert.equal(rocAuc([true, false, true, false], [1, 1, 2, 0]).estimate, (0.5 + 1 + 1 + 1) / 4);
  assert.deepEqual(
    rocCurve([1, 0, 1, 0], [1, 1, 2, 0]).map(({ threshold, truePositiveRate, falsePositiveRate }) => [
      threshold,
      truePositiveRate,
      falsePositiveRate,
    ]),
    [
      [null, 0, 0],
      [2, 0.5, 0],
      [1, 1, 0.5],
      [0, 1, 1],
    ],
  );
});

test("corners leave out only points on a straight line", () => {
  const curve = rocCurve([1, 1, 1, 0, 0, 0], [6, 5, 4, 3, 2, 1]);
  assert.deepEqual(
    curve.map((p) => [p.falsePositiveRate, p.truePositiveRate]),
    [
      [0, 0],
      [0, 1],
      [1, 1],
    ],
  );
});

const samples = fc
  .array(fc.tuple(fc.boolean(), fc.integer({ min: -6, max: 6 }), fc.integer({ min: -6, max: 6 })), {
    minLength: 8,
    maxLength: 60,
  })
  .filter((rows) => rows.filter(([label]) => label).length >= 2 && rows.filter(([label]) => !label).length >= 2);

test("the area is the trapezoid under the curve and the share of pairs in the right order", () => {
  fc.assert(
    fc.property(samples, (rows) => {
      const labels = rows.map(([label]) => label);
      const scores = rows.map(([, score]) => score);
      const auc = rocAuc(labels, scores, { method: "newcombe" }).estimate;
      const points = rocCurve(labels, scores);
      let trapezoid = 0;
      for (let i = 1; i < points.length; i++) {
        const [p, q] = [points[i - 1]!, points[i]!];
        trapezoid += ((q.falsePositiveRate - p.falsePositiveRate) * (q.truePositiveRate + p.truePositiveRate)) / 2;
      }
      let [wins, pairs] = [0, 0];
      for (const [x, a] of rows)
        for (const [y, b] of rows) if (x && !y) [wins, pairs] = [wins + (a > b ? 1 : a === b ? 0.5 : 0), pairs + 1];
      return Math.abs(trapezoid - auc) < 1e-12 && Math.abs(wins / pairs - auc) < 1e-15;
    }),
    { seed: 2, numRuns: 100 },
  );
});

test("area and interval do not change under monotone transforms and are mirrored by reversed scores", () => {
  fc.assert(
    fc.property(samples, (rows) => {
      const labels = rows.map(([label]) => label);
      const scores = rows.map(([, score]) => score);
      for (const method of ["newcombe", "delong", "delong-logit"] as const) {
        let plain;
        try {
          plain = rocAuc(labels, scores, { method });
        } catch {
          continue;
        }
        const cubed = rocAuc(
          labels,
          scores.map((s) => s ** 3 + s),
          { method },
        );
        const reversed = rocAuc(
          labels,
          scores.map((s) => -s),
          { method },
        );
        assert.deepEqual(cubed, plain);
        assert.ok(
          plain.lower >= 0 && plain.upper <= 1 && plain.lower <= plain.estimate && plain.estimate <= plain.upper,
        );
        assertClose(reversed.estimate, 1 - plain.estimate, 1e-15, "estimate");
        assertClose(reversed.lower, 1 - plain.upper, 1e-9, method);
      }
    }),
    { seed: 3, numRuns: 100 },
  );
});

test("the paired test changes its sign when the scores are swapped and follows from the three variances", () => {
  fc.assert(
    fc.property(samples, (rows) => {
      const labels = rows.map(([label]) => label);
      const [a, b] = [rows.map(([, score]) => score), rows.map(([, , score]) => score)];
      let forward;
      try {
        forward = delongTest(labels, a, b);
      } catch {
        return;
      }
      const backward = delongTest(labels, b, a);
      assertClose(backward.estimate, -forward.estimate, 1e-15, "difference");
      assertClose(backward.p, forward.p, 1e-13, "p");
      assert.ok(forward.p >= 0 && forward.p <= 1);
    }),
    { seed: 4, numRuns: 100 },
  );
});

test("Newcombe's limits solve his equation and work where everything is right", () => {
  // AUC 1 with m = n = 10: the lower limit solves 1 - A = z sqrt(V(A)).
  const labels = Array.from({ length: 20 }, (_, i) => i >= 10);
  const got = rocAuc(
    labels,
    labels.map((_, i) => i),
    { method: "newcombe" },
  );
  assert.equal(got.estimate, 1);
  assert.equal(got.upper, 1);
  const a = got.lower;
  const variance = (a * (1 - a) * (1 + (9 * (1 - a)) / (2 - a) + (9 * a) / (1 + a))) / 100;
  assertClose(1 - a, 1.959963984540054 * Math.sqrt(variance), 1e-12, "equation");
  assert.ok(a > 0.75 && a < 0.9);
});

test("perfect separation has no DeLong interval, and the refusal names the method that works", () => {
  assert.throws(() => rocAuc([0, 0, 1, 1], [1, 2, 3, 4]), { code: "not-estimable", message: /newcombe/ });
  assert.throws(() => rocAuc([0, 0, 1, 1], [1, 2, 3, 4], { method: "delong-logit" }), { code: "not-estimable" });
});

test("patients with one case each give DeLong's interval; repeated cases widen it", () => {
  const { labels, first } = stored.cases[2]!;
  const plain = rocAuc(labels, first);
  const single = rocAuc(labels, first, { groups: labels.map((_, i) => i) });
  assertClose(single.standardError, plain.standardError, 1e-15, "standard error");
  const doubled = (values: number[]): number[] => [...values, ...values];
  const repeated = rocAuc(doubled(labels), doubled(first), { groups: doubled(labels.map((_, i) => i)) });
  assert.equal(repeated.estimate, plain.estimate);
  assertClose(repeated.standardError, plain.standardError, 1e-15, "standard error of doubled cases");
  assert.match(repeated.method, /Obuchowski/);
});

test("patients with cases of both kinds: a worked example of Obuchowski's variance", () => {
  // Placements: positives 1 and 1/2, negatives 1 and 1/2; AUC 3/4. Sums minus AUC per patient: 1/4 and -1/4 for both kinds.
  // S10 = S01 = 2/1 * 2/16 and S11 = +-2/1 * 2/16, so the variance is (4/16 + 4/16 + 2 * 4/16) / 4 = 1/4, or 0 crosswise.
  const got = rocAuc([1, 0, 1, 0], [4, 1, 2, 3], { groups: ["a", "a", "b", "b"] });
  assertClose(got.standardError! ** 2, 1 / 4, 1e-15, "variance");
  assert.throws(() => rocAuc([1, 0, 1, 0], [4, 1, 2, 3], { groups: ["a", "b", "b", "a"] }), { code: "not-estimable" });
});

test("the bootstrap interval of the area is near DeLong's and repeats with its seed", () => {
  const { labels, first } = stored.cases[4]!;
  const plain = rocAuc(labels, first);
  const options = () => ({ random: seededRandom("auc", 5) });
  const got = rocAucBootstrap(labels, first, options());
  assert.deepEqual(rocAucBootstrap(labels, first, options()), got);
  assertClose(got.lower, plain.lower, 0.01, "lower");
  assertClose(got.upper, plain.upper, 0.01, "upper");
  assert.equal(got.estimate, plain.estimate);
});

test("labels and scores that cannot be meant are refused", () => {
  assert.throws(() => rocAuc([1, 1], [0, 1]), { code: "not-estimable", message: /2 positive and 0 negative/ });
  assert.throws(() => rocAuc([], []), { code: "not-estimable" });
  assert.throws(() => rocAuc([1, 0], [0, Number.NaN]), { code: "score" });
  assert.throws(() => rocCurve([1, 0], [0, Number.NaN]), { code: "score" });
  assert.throws(() => rocCurve([1, 1], [0, 1]), { code: "not-estimable" });
  assert.throws(() => rocAuc([2, 0], [0, 1]), { code: "label" });
  assert.throws(() => rocAuc([1, 0], [0]), { code: "length" });
  assert.throws(() => rocAuc([1, 0, 0], [1, 0, 2]), {
    code: "not-estimable",
    message: /two positive and two negative/,
  });
  assert.throws(() => rocAuc([1, 0], [0, 1], { method: "delonng" as "delong" }), {
    code: "unknown-interval-method",
    message: /delong/,
  });
  assert.throws(() => delongTest([1, 1, 0, 0], [1, 2, 3, 0], [10, 20, 30, 0]), { code: "not-estimable" });
  assert.throws(
    () =>
      delongTestUnpaired(
        { labels: [1, 1, 0, 0], scores: [3, 4, 1, 2] },
        { labels: [1, 1, 0, 0], scores: [3, 4, 1, 2] },
      ),
    { code: "not-estimable" },
  );
});

test("two hundred thousand cases take seconds, not hours", () => {
  const random = seededRandom("large");
  const labels = Array.from({ length: 200_000 }, (_, i) => i % 3 === 0);
  const scores = Float64Array.from(labels, (label) => random.normal() + Number(label));
  const start = performance.now();
  const got = rocAuc(labels, scores);
  assert.ok(performance.now() - start < 10_000);
  // Two normal distributions one standard deviation apart: Phi(1 / sqrt 2).
  assertClose(got.estimate, 0.7602499389065233, 4 * got.standardError!, "AUC");
});
