import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { seededRandom } from "../../base/index.js";
import type { Figure } from "../estimate.js";
import { brierDecomposition, multiclassBrierScore } from "./brier-decomposition.js";
import { calibrationError } from "./calibration-error.js";
import { crossConformal, splitConformal } from "./conformal.js";
import { decisionCurve } from "./decision-curve.js";
import { deferralCurve, riskCoverageArea } from "./deferral.js";
import { calibrationInterceptSlope } from "./intercept-slope.js";
import { betaMap, fitBeta, fitIsotonic, fitPlatt, isotonicMap, softmax } from "./recalibrate.js";
import { dirichletMap, fitDirichlet, fitTemperature } from "./recalibrate-classes.js";
import { reliability } from "./reliability.js";
import { setCoverage } from "./set-coverage.js";
import { integratedCalibration, smoothCurve } from "./smooth-curve.js";

interface Stored {
  cases: {
    labels: number[];
    probabilities: number[];
    slope: number[];
    intercept: number[];
    likelihoodRatio: number;
    at: number[];
    curve: number[];
    ici: number[];
    scores: number[];
    platt: number[];
    plattSmoothed: number[];
    isotonicAt: number[];
    isotonic: number[];
    beta: number[];
  }[];
  classes: {
    truth: number[];
    logits: number[][];
    temperature: number;
    probabilities: number[][];
    penalty: number;
    objective: number;
    calibrated: number[][];
  }[];
}
const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/stats/calibration.json"), "utf8")) as Stored;

function close(got: number, expected: number, tolerance = 1e-9, what = ""): void {
  assert.ok(Math.abs(got - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${what}: got ${got}, expected ${expected}`);
}

const few = { random: seededRandom("calibration"), resamples: 100 };

function estimateOf(figure: Figure): number {
  assert.ok("estimate" in figure);
  return figure.estimate;
}

test("intercept, slope and their test equal R's glm", () => {
  for (const { labels, probabilities, slope, intercept, likelihoodRatio } of stored.cases) {
    const got = calibrationInterceptSlope(labels, probabilities);
    close(got.slope.estimate, slope[0]!);
    close(got.slope.standardError, slope[1]!);
    close(got.intercept.estimate, intercept[0]!);
    close(got.intercept.standardError, intercept[1]!);
    close(got.statistic, likelihoodRatio, 1e-8);
  }
  assert.throws(() => calibrationInterceptSlope([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]), { code: "not-estimable" });
});

test("the smooth curve and the integrated calibration index equal R's direct loess", () => {
  for (const { labels, probabilities, at, curve, ici } of stored.cases) {
    smoothCurve(probabilities, labels, at).forEach((value, i) => close(value, curve[i]!, 1e-9, `at ${at[i]}`));
    const got = integratedCalibration(labels, probabilities, few);
    [got.index, got.median, got.ninetieth, got.largest].forEach(({ estimate }, i) => close(estimate, ici[i]!, 1e-9, `${i}`));
  }
});

test("a curve through multiplicities is the curve through repeated cases", () => {
  const { labels, probabilities } = stored.cases[0]!;
  const times = Float64Array.from(labels, (_, i) => i % 3);
  const repeated = labels.flatMap((_, i) => Array.from({ length: i % 3 }, () => i));
  const weighted = smoothCurve(probabilities, labels, [0.3, 0.6], { multiplicities: times });
  const plain = smoothCurve(repeated.map((i) => probabilities[i]!), repeated.map((i) => labels[i]!), [0.3, 0.6]);
  close(weighted[0]!, plain[0]!, 1e-12);
  close(weighted[1]!, plain[1]!, 1e-12);
});

test("Platt's, isotonic and beta maps equal R's glm and isoreg", () => {
  for (const { labels, scores, probabilities, platt, plattSmoothed, isotonicAt, isotonic, beta } of stored.cases) {
    fitPlatt(labels, scores, { targets: "plain" }).parameters.forEach((value, i) => close(value, platt[i]!));
    fitPlatt(labels, scores).parameters.forEach((value, i) => close(value, plattSmoothed[i]!));
    const iso = fitIsotonic(labels, scores);
    isotonicAt.forEach((score, i) => close(iso.apply(score), isotonic[i]!, 1e-12, `score ${score}`));
    assert.equal(iso.apply(-100), isotonic[0]);
    assert.equal(isotonicMap(iso.parameters, iso.n).apply(0.123), iso.apply(0.123));
    const map = fitBeta(labels, probabilities);
    const [c, a, b] = beta as [number, number, number];
    if (a >= 0 && b >= 0) [a, b, c].forEach((value, i) => close(map.parameters[i]!, value, 1e-8));
    else assert.ok(map.parameters[0]! >= 0 && map.parameters[1]! >= 0);
    assert.equal(betaMap(map.parameters, map.n).apply(0.3), map.apply(0.3));
  }
});

test("the temperature equals the root R finds, and a fitted one repeats as 1", () => {
  for (const { truth, logits, temperature } of stored.classes) {
    const map = fitTemperature(truth, logits);
    close(map.parameters[0]!, temperature, 1e-10);
    close(fitTemperature(truth, logits.map((row) => row.map((z) => z / temperature))).parameters[0]!, 1, 1e-10);
    close(map.apply([1, 2, 3]).reduce((sum, p) => sum + p, 0), 1, 1e-15);
  }
  assert.throws(() => fitTemperature([0, 1], [[5, 0], [0, 5]]), { code: "not-estimable" });
});

test("Dirichlet calibration reaches R's optimum", () => {
  for (const { truth, probabilities, penalty, calibrated } of stored.classes) {
    const map = fitDirichlet(truth, probabilities, { penalty });
    calibrated.forEach((row, i) => map.apply(probabilities[i]!).forEach((p, k) => close(p, row[k]!, 2e-6, `case ${i}`)));
    assert.deepEqual(dirichletMap(map.parameters, map.n).apply(probabilities[0]!), map.apply(probabilities[0]!));
  }
});

test("recalibration on its own cases leaves intercept 0 and slope 1", () => {
  const { labels, scores } = stored.cases[1]!;
  const platt = fitPlatt(labels, scores, { targets: "plain" });
  const got = calibrationInterceptSlope(labels, scores.map((score) => platt.apply(score)));
  close(got.slope.estimate, 1, 1e-8);
  close(got.intercept.estimate, 0, 1e-8);
  const iso = fitIsotonic(labels, scores);
  const parts = brierDecomposition(labels, scores.map((score) => iso.apply(score)));
  close(parts.reliability, 0, 1e-20);
});

test("the parts of the Brier score sum to it; worked by hand for two probabilities", () => {
  // p = 0.2 with 1 of 4 positive, p = 0.8 with 2 of 2: share 1/2.
  const got = brierDecomposition([1, 0, 0, 0, 1, 1], [0.2, 0.2, 0.2, 0.2, 0.8, 0.8]);
  close(got.reliability, (4 * 0.05 ** 2 + 2 * 0.2 ** 2) / 6, 1e-15);
  close(got.resolution, (4 * 0.25 ** 2 + 2 * 0.5 ** 2) / 6, 1e-15);
  close(got.uncertainty, 0.25, 1e-15);
  close(got.rest, 0, 1e-15);
  close(got.brier.estimate, (0.64 + 3 * 0.04 + 2 * 0.04) / 6, 1e-15);
  for (const { labels, probabilities } of stored.cases) {
    const { brier, reliability: rel, resolution, uncertainty, rest } = brierDecomposition(labels, probabilities, { bins: 10 });
    close(rel - resolution + uncertainty + rest, brier.estimate, 1e-14);
  }
  close(multiclassBrierScore({ labels: [0, 1], probabilities: [[1, 0], [0.5, 0.5]], classes: ["a", "b"] }).estimate, 0.25, 1e-15);
});

test("the calibration error with interval is that of the reliability diagram", () => {
  const { labels, probabilities } = stored.cases[1]!;
  const got = calibrationError(labels, probabilities, few);
  const diagram = reliability(labels, probabilities);
  close(got.expected.estimate, diagram.expectedError, 1e-14);
  close(got.largest.estimate, diagram.largestError, 1e-14);
  assert.ok(got.expected.lower < got.expected.upper);
  const equal = calibrationError(labels, labels.map((_, i) => (i % 2 ? 0.3 : 0.7)), { ...few, bins: 2, binning: "equal-count" });
  assert.ok(equal.expected.estimate > 0);
});

test("net benefit worked by hand, and that of acting on everyone", () => {
  // At 0.25, w = 1/3: calls on 0.3, 0.6, 0.9 with truths 0, 1, 1 of 5 cases: (2 - 1/3)/5.
  const [point] = decisionCurve([0, 1, 1, 0, 1], [0.3, 0.6, 0.9, 0.1, 0.2], { thresholds: [0.25] });
  close(estimateOf(point!.model), (2 - 1 / 3) / 5, 1e-15);
  close(estimateOf(point!.treatAll), (3 - 2 / 3) / 5, 1e-15);
  close(estimateOf(point!.gainOverAll), estimateOf(point!.model) - estimateOf(point!.treatAll), 1e-15);
  close(point!.standardized, (2 - 1 / 3) / 3, 1e-15);
  assert.ok("notEstimable" in decisionCurve([0, 1], [0.3, 0.6], { thresholds: [0.99] })[0]!.model);
  assert.throws(() => decisionCurve([0, 1], [0.3, 0.6], { thresholds: [1] }), { code: "threshold" });
});

const nine = { truth: [0, 0, 0, 0, 0, 0, 0, 0, 1], probabilities: [0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.45].map((p) => [p, 1 - p]) };

test("conformal limits are the ranked scores, worked by hand", () => {
  // Nine scores, alpha 0.2: rank ceil(10 * 0.8) = 8: the eighth smallest of 0.05 ... 0.4 and 0.45 is 0.4.
  const split = splitConformal(nine, { alpha: 0.2 });
  close(split.limits.get("all")!, 0.4, 1e-12);
  assert.deepEqual(split.predict([0.65, 0.35]), [0]);
  assert.deepEqual(split.predict([0.55, 0.45]), []);
  const byClass = splitConformal(nine, { alpha: 0.2, by: "class" });
  assert.equal(byClass.limits.get(1), null, "one case cannot hold 80 %");
  assert.deepEqual(byClass.predict([0.97, 0.03]), [0, 1]);
  const groups = nine.truth.map((_, i) => (i < 5 ? "a" : "b"));
  const bySubgroup = splitConformal(nine, { alpha: 0.2, by: groups });
  close(bySubgroup.limits.get("a")!, 0.25, 1e-12);
  assert.throws(() => bySubgroup.predict([0.5, 0.5], "c"), { code: "subgroup" });
  const adaptive = splitConformal(nine, { alpha: 0.2, score: "adaptive" });
  assert.deepEqual(adaptive.predict([0.2, 0.8]), [1]);
});

test("cross-conformal sets with one network are split sets of all cases", () => {
  const cross = crossConformal(nine, nine.truth.map((_, i) => i % 3), { alpha: 0.2 });
  const split = splitConformal(nine, { alpha: 0.2 });
  for (const p of [0.1, 0.5, 0.58, 0.62, 0.9]) {
    const row = [p, 1 - p];
    assert.deepEqual(cross.predict([row, row, row]), split.predict(row), `${p}`);
  }
});

test("coverage of sets is counted over all cases, classes and subgroups", () => {
  const got = setCoverage([0, 1, 1, 0], [[0], [0, 1], [0], []], { subgroups: ["a", "a", "b", "b"] });
  close(estimateOf(got.coverage), 0.5);
  close(got.meanSize, 1);
  assert.equal(got.empty, 1);
  close(estimateOf(got.perSubgroup.get("a")!), 1);
  close(estimateOf(got.perClass.get(1)!), 0.5);
});

test("deferral: who is kept, the team's accuracy and the area, worked by hand", () => {
  const input = { right: [true, true, false, true], confidence: [0.9, 0.8, 0.6, 0.6], readerRight: [false, true, true, true] };
  const curve = deferralCurve(input);
  assert.deepEqual(curve.map(({ threshold, coverage }) => [threshold, coverage]), [[0.9, 0.25], [0.8, 0.5], [0.6, 1]]);
  assert.deepEqual(curve.map((point) => estimateOf(point.selectiveAccuracy)), [1, 1, 0.75]);
  assert.deepEqual(curve.map((point) => estimateOf(point.teamAccuracy!)), [1, 1, 0.75]);
  // Errors among the k surest: 0, 0, half a one of 3, one of 4.
  close(riskCoverageArea(input, few).estimate, (0 + 0 + 0.5 / 3 + 1 / 4) / 4, 1e-15);
});

test("softmax is unchanged by a shift and safe far out", () => {
  close(softmax([1000, 1001])[1]!, softmax([0, 1])[1]!, 1e-15);
  assert.deepEqual(softmax([-1e308, 0]), [0, 1]);
});
