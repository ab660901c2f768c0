import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { mcNemar, mcNemarExactP, mcNemarMidP, mcNemarOfCounts } from "./mcnemar.js";
import { exchangePatients } from "./patient-exchange.js";
import { benjaminiHochberg, holm } from "./multiplicity.js";
import { pairedDifference } from "./paired-difference.js";

const read = (name: string): unknown =>
  JSON.parse(readFileSync(path.resolve(`test/fixtures/stats/${name}.json`), "utf8"));
const stored = read("tests") as {
  mcnemar: number[][];
  pLists: number[][];
  holm: number[][];
  benjaminiHochberg: number[][];
};
const differences = read("paired-difference") as { rows: (number | null)[][] };

test("the exact p-value equals R's binom.test", () => {
  for (const [b, c, p] of stored.mcnemar) {
    const got = mcNemarExactP(b!, c!);
    assert.ok(Math.abs(got - p!) <= 1e-12 * p!, `b=${b}, c=${c}: ${got}, expected ${p}`);
  }
});

test("small tables worked by hand: p = 2 * (1 + 9) / 2^9 for 1 and 8, mid-p without half the middle term", () => {
  assert.ok(Math.abs(mcNemarExactP(1, 8) - 20 / 512) < 1e-15);
  assert.ok(Math.abs(mcNemarMidP(1, 8) - (20 - 9) / 512) < 1e-15);
  assert.equal(mcNemarExactP(0, 0), 1);
  assert.equal(mcNemarMidP(0, 0), 1);
  assert.equal(mcNemarExactP(2, 2), 1);
  assert.ok(Math.abs(mcNemarMidP(2, 2) - (1 - 3 / 16)) < 1e-15);
  assert.ok(Math.abs(mcNemarMidP(0, 6) - 1 / 64) < 1e-16);
});

test("the test is symmetric, lies in (0, 1] and its mid-p is the smaller", () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(300), (b, c) => {
      const p = mcNemarExactP(b, c);
      const midP = mcNemarMidP(b, c);
      return p === mcNemarExactP(c, b) && midP === mcNemarMidP(c, b) && p > 0 && p <= 1 && midP > 0 && midP <= p;
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("answers are paired case by case, and the difference carries its interval", () => {
  const first = [true, true, true, false, true, false];
  const second = [true, false, true, true, false, false];
  const got = mcNemar(first, second);
  assert.deepEqual(got.counts, { bothRight: 2, onlyFirst: 2, onlySecond: 1, neither: 1 });
  assert.deepEqual([got.b, got.c, got.discordant, got.n, got.p], [2, 1, 3, 6, 1]);
  assert.ok(Math.abs(got.estimate - 1 / 6) < 1e-16);
  assert.ok(got.lower < 0 && got.upper > 1 / 6);
  assert.equal(mcNemar(first, second, { test: "mid-p" }).test, "McNemar mid-p");
  assert.throws(() => mcNemar([true], [true, false]), { code: "length" });
  assert.throws(() => mcNemar([], []), { code: "not-estimable" });
  assert.throws(() => mcNemarExactP(-1, 2), { code: "count" });
  assert.throws(() => mcNemarOfCounts({ bothRight: 0.5, onlyFirst: 0, onlySecond: 0, neither: 0 }), { code: "count" });
});

test("intervals of paired differences equal an independent computation at 40 digits", () => {
  for (const [a, b, c, d, ...expected] of differences.rows) {
    const counts = { bothRight: a!, onlyFirst: b!, onlySecond: c!, neither: d! };
    (["newcombe", "tango"] as const).forEach((method, k) => {
      if (expected[2 * k] === null) return;
      const got = pairedDifference(counts, { method });
      assert.ok(
        Math.abs(got.lower - expected[2 * k]!) < 1e-12,
        `${method} ${JSON.stringify(counts)}: ${got.lower}, expected ${expected[2 * k]}`,
      );
      assert.ok(
        Math.abs(got.upper - expected[2 * k + 1]!) < 1e-12,
        `${method} ${JSON.stringify(counts)}: ${got.upper}`,
      );
    });
  }
});

test("Newcombe's method 10 prints the figures of his 1998 table III", () => {
  for (const [counts, lower, upper] of [
    [[36, 12, 2, 0], 0.0569, 0.3404],
    [[20, 12, 2, 16], 0.0562, 0.3292],
  ] as const) {
    const [bothRight, onlyFirst, onlySecond, neither] = counts;
    const got = pairedDifference({ bothRight, onlyFirst, onlySecond, neither });
    assert.ok(Math.abs(got.lower - lower) < 6e-5 && Math.abs(got.upper - upper) < 6e-5);
  }
});

test("paired intervals stay inside [-1, 1], hold the estimate and are mirrored when the two are swapped", () => {
  const cell = fc.nat(40);
  fc.assert(
    fc.property(
      cell,
      cell,
      cell,
      cell,
      fc.constantFrom("newcombe" as const, "tango" as const),
      (a, b, c, d, method) => {
        if (a + b + c + d === 0) return;
        const got = pairedDifference({ bothRight: a, onlyFirst: b, onlySecond: c, neither: d }, { method });
        const swapped = pairedDifference({ bothRight: a, onlyFirst: c, onlySecond: b, neither: d }, { method });
        assert.ok(
          got.lower >= -1 && got.upper <= 1 && got.lower <= got.estimate + 1e-12 && got.estimate <= got.upper + 1e-12,
        );
        assert.ok(Math.abs(got.lower + swapped.upper) < 1e-9 && Math.abs(got.upper + swapped.lower) < 1e-9);
      },
    ),
    { seed: 2, numRuns: 300 },
  );
});

test("adjusted p-values equal R's p.adjust", () => {
  stored.pLists.forEach((pValues, i) => {
    holm(pValues).forEach((p, k) => assert.ok(Math.abs(p - stored.holm[i]![k]!) < 1e-15));
    benjaminiHochberg(pValues).forEach((p, k) => assert.ok(Math.abs(p - stored.benjaminiHochberg[i]![k]!) < 1e-15));
  });
  assert.deepEqual(holm([]), []);
  assert.throws(() => holm([0.1, Number.NaN]), { code: "probability" });
  assert.throws(() => benjaminiHochberg([1.2]), { code: "probability" });
});

test("exchanging patients with one case each is McNemar's exact test", () => {
  for (const [b, c] of [
    [1, 8],
    [5, 20],
    [3, 3],
    [0, 6],
    [41, 80],
  ] as const) {
    const sums = [...Array.from({ length: b }, () => 1), ...Array.from({ length: c }, () => -1), 0, 0];
    const { exact, midP } = exchangePatients(sums);
    assert.ok(Math.abs(exact - mcNemarExactP(b, c)) < 1e-14);
    assert.ok(Math.abs(midP - mcNemarMidP(b, c)) < 1e-14);
  }
});

test("exchanging patients, worked by hand: sums 3, 2 and -1", () => {
  // |+-3 +-2 +-1| is 6, 4, 2, 0, 0, 2, 4, 6 over the eight signs; observed is 4.
  assert.deepEqual(exchangePatients([3, 2, -1]), { exact: 0.5, midP: 0.375 });
});

test("copies of every case per patient change neither p nor estimate", () => {
  const first = Array.from({ length: 40 }, (_, i) => i % 9 !== 0);
  const second = Array.from({ length: 40 }, (_, i) => i % 3 !== 0);
  const plain = mcNemar(first, second);
  const patients = first.map((_, i) => i);
  const copied = mcNemar([...first, ...first], [...second, ...second], { groups: [...patients, ...patients] });
  assert.ok(Math.abs(copied.p - plain.p) < 1e-14);
  assert.equal(copied.estimate, plain.estimate);
  assert.equal(copied.patients, 40);
  assert.match(copied.test, /whole patients/);
  assert.ok(copied.lower > -1 && copied.lower < copied.estimate && copied.estimate < copied.upper && copied.upper < 1);
  assert.deepEqual(mcNemar(first, second, { groups: patients }), plain);
  const same = mcNemar([...first, ...first], [...first, ...first], { groups: [...patients, ...patients] });
  assert.deepEqual([same.p, same.estimate], [1, 0]);
  assert.ok(same.lower < 0 && same.upper > 0);
  assert.throws(() => mcNemar([true, true], [true, false], { groups: ["a", "a"] }), { code: "not-estimable" });
  assert.throws(() => mcNemar([true], [true], { groups: [] }), { code: "length" });
});
