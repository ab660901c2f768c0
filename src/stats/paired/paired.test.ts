import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { seededRandom } from "../../base/index.js";
import { delongTest } from "../delong-test.js";
import { mcNemar } from "../mcnemar.js";
import { rocAuc } from "../roc-auc.js";
import { cochranQ } from "./cochran-q.js";
import { equivalence, nonInferiority, pairedEquivalence, pairedNonInferiority } from "./non-inferiority.js";
import { obuchowskiTest } from "./obuchowski-test.js";
import { pairedPermutationTest, permutationTest } from "./permutation-test.js";
import { stuartMaxwell } from "./stuart-maxwell.js";

interface Stored {
  cochranQ: { right: number[][]; expected: number[] }[];
  stuartMaxwell: { counts: number[][]; expected: number[]; cmh: number }[];
  signs: { first: number[]; second: number[]; p: number }[];
  groups: { first: number[]; second: number[]; p: number }[];
}
const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/stats/paired.json"), "utf8")) as Stored;

function close(got: number, expected: number, relative = 1e-10, what = ""): void {
  assert.ok(Math.abs(got - expected) <= relative * Math.abs(expected), `${what}: got ${got}, expected ${expected}`);
}

test("Cochran's Q equals R's mantelhaen.test", () => {
  for (const { right, expected } of stored.cochranQ) {
    const got = cochranQ(right.map((row) => row.map(Boolean)));
    [got.statistic, got.degreesOfFreedom, got.p].forEach((value, i) => close(value, expected[i]!));
  }
  assert.throws(() => cochranQ([[true, true], [false, false]]), { code: "not-estimable" });
  assert.throws(() => cochranQ([[true], [false]]), { code: "length" });
});

test("the Stuart-Maxwell test equals R's formula and mantelhaen.test; with two classes it is McNemar's chi-square", () => {
  for (const { counts, expected, cmh } of stored.stuartMaxwell) {
    const got = stuartMaxwell(counts);
    [got.statistic, got.degreesOfFreedom, got.p].forEach((value, i) => close(value, expected[i]!));
    close(got.statistic, cmh, 1e-9);
  }
  close(stuartMaxwell([[50, 12], [4, 30]]).statistic, (12 - 4) ** 2 / 16);
  // A class that nobody uses changes nothing.
  close(stuartMaxwell([[50, 12, 0], [4, 30, 0], [0, 0, 0]]).statistic, 4);
  assert.throws(() => stuartMaxwell([[5, 0], [0, 5]]), { code: "not-estimable" });
});

// Thyroid glands of 21 patients by PET and SPECT (Obuchowski 1998), as in R's clust.bin.pair.
const pet = "000 110 111 1 110 1111 111 11 11 1 110 11 111 11 00 110 110 110 11 1 11".split(" ");
const spect = "011 111 111 1 111 1111 111 11 10 1 110 11 111 11 11 110 110 111 11 1 11".split(" ");
const calls = (rows: string[]): boolean[] => rows.flatMap((row) => Array.from(row).map((c) => c === "1"));
const patients = pet.flatMap((row, k) => Array.from(row).map(() => k));

test("clustered pairs: Durkalski's published statistic of the thyroid data, and Obuchowski's by hand", () => {
  const durkalski = obuchowskiTest(calls(pet), calls(spect), patients, { test: "durkalski" });
  close(durkalski.statistic, 2.32, 0.003);
  // Patients' differences: -2, -1, -1, +1, -2, -1: (20/21) 36/12.
  const obuchowski = obuchowskiTest(calls(pet), calls(spect), patients);
  close(obuchowski.statistic, ((20 / 21) * 36) / 12);
  const clustered = mcNemar(calls(pet), calls(spect), { groups: patients });
  close(obuchowski.estimate, clustered.estimate);
  close(obuchowski.lower, clustered.lower);
});

test("with one case per patient Obuchowski's statistic is McNemar's up to (n - 1)/n", () => {
  const first = [true, true, true, true, false, false, true, true];
  const second = [false, false, false, true, true, false, true, false];
  const got = obuchowskiTest(first, second, first.map((_, i) => i));
  close(got.statistic, ((7 / 8) * (4 - 1) ** 2) / 5);
  assert.throws(() => obuchowskiTest(first, first, first.map((_, i) => i)), { code: "not-estimable" });
  assert.throws(() => obuchowskiTest(first, second, first.map(() => 1)), { code: "not-estimable" });
});

test("Durkalski's published statistic of the psychiatrists, 7.542", () => {
  const b = [0, 1, 1, 1, 0, 3, 3, 3, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 1, 1, 2, 0, 0, 0, 0, 0, 0, 0];
  const c = [4, 2, 3, 2, 1, 3, 0, 2, 2, 4, 2, 4, 3, 2, 1, 3, 1, 2, 0, 0, 0, 2, 1, 2, 2, 0, 0, 1, 1];
  const n = [7, 6, 7, 6, 4, 6, 5, 8, 4, 7, 3, 6, 7, 6, 5, 4, 6, 5, 4, 3, 5, 4, 4, 2, 3, 2, 2, 3, 1];
  const first = n.flatMap((size, k) => Array.from({ length: size }, (_, i) => i < b[k]!));
  const second = n.flatMap((size, k) => Array.from({ length: size }, (_, i) => i >= b[k]! && i < b[k]! + c[k]!));
  const groups = n.flatMap((size, k) => Array.from({ length: size }, () => k));
  close(obuchowskiTest(first, second, groups, { test: "durkalski" }).statistic, 7.542, 1e-4);
});

test("Tango's contact lenses: z = 1.709, p = 0.044 at a margin of 0.1", () => {
  const got = pairedNonInferiority({ bothRight: 43, onlyFirst: 0, onlySecond: 1, neither: 0 }, { margin: 0.1, alpha: 0.05 });
  close(got.p, 0.044, 0.02);
  assert.equal(got.shown, true);
  assert.ok(got.lower > -0.1, "the interval says the same");
  assert.equal(pairedEquivalence({ bothRight: 43, onlyFirst: 0, onlySecond: 1, neither: 0 }, { margin: 0.1, alpha: 0.05 }).shown, true);
});

test("margin and interval agree, and p is the normal or t tail worked by hand", () => {
  const difference = { estimate: -0.01, standardError: 0.02, n: 100, method: "given" };
  const got = nonInferiority(difference, { margin: 0.05 });
  close(got.p, 0.02275013194817921, 1e-9);
  assert.equal(got.shown, got.lower > -0.05);
  close(got.level, 0.95, 1e-12);
  close(equivalence(difference, { margin: 0.05 }).p, got.p, 1e-12);
  const t = nonInferiority({ ...difference, degreesOfFreedom: 1 }, { margin: 0.03 });
  close(t.p, 0.25, 1e-12);
  for (const margin of [0.01, 0.03, 0.05, 0.08]) {
    const both = equivalence(difference, { margin });
    assert.equal(both.shown, both.lower > -margin && both.upper < margin);
  }
  assert.throws(() => nonInferiority(difference, { margin: -0.1 }), { code: "margin" });
});

test("a difference of proportions stays within -1 and 1: a limit that would not, and its p, have the error of a difference there", () => {
  const wide = { estimate: -0.2, standardError: 0.25, n: 8, method: "given", degreesOfFreedom: 2 };
  const got = nonInferiority(wide, { margin: 0.5, range: [-1, 1] });
  // By hand: t = 4.302652729911275 on 2 degrees of freedom; the symmetric limits are -1.276 and 0.876.
  const t = 4.302652729911275;
  close(-0.2 - got.lower, t * 0.25 * Math.sqrt((1 - got.lower ** 2) / 0.96), 1e-9);
  assert.ok(got.lower > -1 && got.lower < -0.2);
  close(got.upper, -0.2 + t * 0.25, 1e-9);
  assert.match(got.method, /score limit/);
  // P(T > t) = (1 - t/sqrt(t^2 + 2))/2 on 2 degrees of freedom.
  const at = 0.3 / (0.25 * Math.sqrt(0.75 / 0.96));
  close(got.p, (1 - at / Math.sqrt(at * at + 2)) / 2, 1e-9);
  for (const margin of [0.3, 0.7, 0.8, 0.9, 0.95, 0.99, 1.2]) {
    const one = nonInferiority(wide, { margin, range: [-1, 1], alpha: 0.05 });
    assert.equal(one.shown, one.lower > -margin, String(margin));
    assert.ok(one.lower >= -1 && one.upper <= 1);
    const both = equivalence(wide, { margin, range: [-1, 1], alpha: 0.05 });
    assert.equal(both.shown, both.lower > -margin && both.upper < margin, String(margin));
  }
  const narrow = { ...wide, standardError: 0.02 };
  assert.deepEqual(nonInferiority(narrow, { margin: 0.5, range: [-1, 1] }), nonInferiority(narrow, { margin: 0.5 }));
});

test("a DeLong difference goes straight into a test of non-inferiority", () => {
  const random = seededRandom("margin");
  const labels = Array.from({ length: 80 }, (_, i) => i % 2);
  const scores = labels.map((label) => label + random.normal());
  const other = scores.map((score) => score + 0.3 * random.normal());
  const got = nonInferiority(delongTest(labels, scores, other), { margin: 0.1 });
  assert.equal(got.shown, got.lower > -0.1);
});

test("exact permutation tests count what R counts", () => {
  const random = seededRandom("unused");
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  for (const { first, second, p } of stored.signs) {
    const got = pairedPermutationTest(mean, first, second, { random });
    assert.equal(got.exact, true);
    close(got.p, p, 1e-12);
  }
  for (const { first, second, p } of stored.groups) {
    const got = permutationTest(first, second, { random });
    assert.equal(got.exact, true);
    close(got.p, p, 1e-12);
  }
});

test("random permutations come near the exact p, are seeded, and keep patients whole", () => {
  const { first, second, p } = stored.signs[1]!;
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const run = (): number => pairedPermutationTest(mean, first, second, { random: seededRandom("p"), permutations: 400 }).p;
  assert.ok(Math.abs(run() - p) < 0.08);
  assert.equal(run(), run());
  const groups = first.map((_, i) => i % 2);
  const whole = pairedPermutationTest(mean, first, second, { random: seededRandom("p"), groups });
  assert.equal(whole.permutations, 2);
  const labels = first.map((_, i) => i % 2);
  const auc = pairedPermutationTest((values) => rocAuc(labels, values, { method: "newcombe" }).estimate, first, second, {
    random: seededRandom("q"),
    permutations: 1000,
  });
  assert.ok(auc.p > 0 && auc.p <= 1 && auc.exact);
  assert.throws(() => permutationTest([], [1], { random: seededRandom("x") }), { code: "not-estimable" });
  assert.throws(() => pairedPermutationTest(mean, [1, 2], [2, 1], { random: seededRandom("x"), permutations: 5 }), {
    code: "permutations",
  });
});

test("mid-p counts equal sums half, the observed one among them (by hand)", () => {
  // Differences 1, 1, 0: of four exchanges two give |T| = 2 and two give 0.
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const p = (kind: "exact" | "mid-p"): number => pairedPermutationTest(sum, [1, 1, 0], [0, 0, 0], { random: seededRandom("x"), test: kind }).p;
  assert.equal(p("exact"), 0.5);
  assert.equal(p("mid-p"), 0.25);
  assert.throws(() => pairedPermutationTest(sum, [1], [0], { random: seededRandom("x"), test: "mid" as never }), { code: "test" });
});
