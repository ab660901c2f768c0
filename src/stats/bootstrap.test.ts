import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../base/index.js";
import { bcaLimits, expandedLevel, percentileLimits, quantileOfSorted } from "./bootstrap-limits.js";
import { bootstrapInterval, bootstrapIntervals } from "./bootstrap.js";
import { median } from "./median.js";
import { forEachResample, samplingUnits } from "./resample.js";

const mean =
  (values: readonly number[]) =>
  (weights: Float64Array): number => {
    let [sum, total] = [0, 0];
    values.forEach((value, i) => {
      sum += weights[i]! * value;
      total += weights[i]!;
    });
    return sum / total;
  };

test("quantiles of type 7 are those of numpy and R", () => {
  // numpy.percentile([1, 2, 4, 8, 16], [2.5, 50, 90]) = 1.1, 4, 12.8
  const sorted = [1, 2, 4, 8, 16];
  assert.deepEqual(
    [0.025, 0.5, 0.9].map((p) => Math.round(quantileOfSorted(sorted, p) * 1e12) / 1e12),
    [1.1, 4, 12.8],
  );
  assert.deepEqual(percentileLimits([0, 1, 2, 3, 4], 0.5), { lower: 1, upper: 3 });
  // numpy.median([10, 9, 1, 2]) = 5.5, of the three first 9; numbers are ordered as numbers, and the caller's list stays as it was.
  const given = [10, 9, 1, 2];
  assert.deepEqual([median(given), median(given.slice(0, 3)), given], [5.5, 9, [10, 9, 1, 2]]);
  assert.throws(() => median([]), { code: "not-estimable" });
});

test("BCa without bias and acceleration is the percentile interval", () => {
  const sorted = Float64Array.from({ length: 1001 }, (_, i) => i - 500);
  const { lower, upper } = bcaLimits(sorted, 0, [1, 2, 3, 2, 1, 3], 0.9);
  assert.ok(Math.abs(lower + 450) < 1e-9 && Math.abs(upper - 450) < 1e-9);
});

test("BCa limits of a worked example", () => {
  // 30.85 % of the replicates lie below the estimate: z0 = -1/2 (to 4 digits), a = 0: limits at Phi(-1 +- 1.96).
  const sorted = Float64Array.from({ length: 100_001 }, (_, i) => i / 100_000);
  const { lower, upper } = bcaLimits(sorted, 0.308537538725987, [-1, 1], 0.95);
  assert.ok(Math.abs(lower - 0.0015381) < 1e-4, `${lower}`);
  assert.ok(Math.abs(upper - 0.83146) < 1e-4, `${upper}`);
  assert.throws(() => bcaLimits([1, 2, 3], 5, [1, 2], 0.95), { code: "not-estimable", message: /percentile/ });
});

test("the expanded level by hand: 20 units, Student's quantile of 19 at 0.975 is 2.093024", () => {
  // √(20/19) 2.093024 = 2.147402, and 2 Φ(2.147402) − 1 = 0.968238.
  assert.ok(Math.abs(expandedLevel(0.95, 20) - 0.96823834) < 1e-7);
  assert.ok(Math.abs(expandedLevel(0.95, 1e7) - 0.95) < 1e-6);
  assert.equal(expandedLevel(0.95, 1), 0.95);
  assert.equal(expandedLevel(0.95, 2), 0.9999);
});

test("the interval of a mean is near the normal one", () => {
  const random = seededRandom("values");
  const values = Array.from({ length: 400 }, () => random.normal());
  const estimate = values.reduce((sum, value) => sum + value, 0) / 400;
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - estimate) ** 2, 0) / 399);
  for (const method of ["percentile", "bca"] as const) {
    const got = bootstrapInterval(mean(values), { n: 400, random: seededRandom(1), method, resamples: 4000 });
    assert.ok(Math.abs(got.estimate - estimate) < 1e-12);
    assert.ok(Math.abs(got.lower - (estimate - (1.96 * sd) / 20)) < 0.012, `${method} ${got.lower}`);
    assert.ok(Math.abs(got.upper - (estimate + (1.96 * sd) / 20)) < 0.012, `${method} ${got.upper}`);
  }
});

test("clusters are drawn whole and strata keep their size", () => {
  const groups = ["a", "a", "b", "c", "c", "c"];
  forEachResample({ n: 6, groups, random: seededRandom(2), resamples: 200 }, (m) => {
    assert.ok(m[0] === m[1] && m[3] === m[4] && m[4] === m[5]);
    assert.equal(m[0]! + m[2]! + m[3]!, 3);
  });
  const strata = [0, 0, 1, 1, 1, 0];
  forEachResample({ n: 6, strata, random: seededRandom(3), resamples: 200 }, (m) => {
    assert.equal(m[0]! + m[1]! + m[5]!, 3);
    assert.equal(m[2]! + m[3]! + m[4]!, 3);
  });
});

test("a cluster's stratum is the set of its cases' strata", () => {
  const { units, strata } = samplingUnits({ n: 5, groups: [1, 1, 2, 3, 3], strata: ["x", "y", "x", "y", "x"] });
  assert.deepEqual(units, [[0, 1], [2], [3, 4]]);
  assert.deepEqual(strata, [[0, 2], [1]]);
});

test("a statistic that is undefined in a few resamples says in how many, in many it is refused", () => {
  const flags = [true, ...Array.from({ length: 5 }, () => true), ...Array.from({ length: 94 }, () => false)];
  const rare =
    (needed: number) =>
    (weights: Float64Array): number | undefined => {
      const hits = weights.reduce((sum, w, i) => sum + (flags[i] ? w : 0), 0);
      return hits >= needed ? hits : undefined;
    };
  const got = bootstrapInterval(rare(1), { n: 100, random: seededRandom(4) });
  assert.ok(got.undefinedResamples > 0 && got.undefinedResamples < 20);
  assert.throws(() => bootstrapInterval(rare(4), { n: 100, random: seededRandom(4), subject: "recall of rare" }), {
    code: "not-estimable",
    message: /recall of rare: .*90 %/,
  });
  assert.throws(() => bootstrapInterval(() => undefined, { n: 10, random: seededRandom(5) }), {
    code: "not-estimable",
  });
  assert.throws(() => bootstrapInterval(() => 1, { n: 10, random: seededRandom(5) }), {
    code: "not-estimable",
    message: /1 in all/,
  });
});

test("several statistics share their resamples", () => {
  const values = [1, 5, 2, 8, 4];
  const [a, b] = bootstrapIntervals((w) => [mean(values)(w), 2 * mean(values)(w)], {
    n: 5,
    random: seededRandom(6),
  }).map((get) => get());
  assert.equal(2 * a!.lower, b!.lower);
  assert.equal(2 * a!.upper, b!.upper);
});
