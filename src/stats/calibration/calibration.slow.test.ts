import { test } from "node:test";
import type { Random } from "../../base/index.js";
import { logistic } from "../linear/logistic.js";
import { assertShare, coverage, holds, shareOfStudies, typeOneError } from "../simulate.testkit.js";
import { splitConformal } from "./conformal.js";
import { decisionCurve } from "./decision-curve.js";
import { calibrationInterceptSlope } from "./intercept-slope.js";
import { softmax } from "./recalibrate.js";

function predictions(random: Random, n: number, slope = 1): { labels: number[]; probabilities: number[] } {
  const logits = Array.from({ length: n }, () => 1.3 * random.normal() - 0.4);
  return {
    labels: logits.map((u) => (random.uniform() < logistic(slope * u) ? 1 : 0)),
    probabilities: logits.map(logistic),
  };
}

test("calibration intercept and slope cover, and their joint test keeps its level", (t) => {
  const slope = shareOfStudies("slope", (random) => {
    const { labels, probabilities } = predictions(random, 400, 0.8);
    return holds(calibrationInterceptSlope(labels, probabilities).slope, 0.8);
  });
  assertShare(t, "slope", slope, coverage);
  const rejected = shareOfStudies("joint", (random) => {
    const { labels, probabilities } = predictions(random, 400);
    return calibrationInterceptSlope(labels, probabilities).p < 0.05;
  });
  assertShare(t, "type-I error, joint test", rejected, typeOneError);
});

test("the net benefit of a decision curve covers", (t) => {
  // Its true value at 0.3 from a million cases.
  let [sum, count] = [0, 0];
  shareOfStudies(
    "truth",
    (random) => {
      const { labels, probabilities } = predictions(random, 1000);
      labels.forEach((y, i) => {
        if (probabilities[i]! >= 0.3) sum += y === 1 ? 1 : -0.3 / 0.7;
      });
      count += 1000;
      return true;
    },
    1000,
  );
  const covered = shareOfStudies("net benefit", (random) => {
    const { labels, probabilities } = predictions(random, 200);
    const { model } = decisionCurve(labels, probabilities, { thresholds: [0.3] })[0]!;
    return "lower" in model && holds(model, sum / count);
  });
  assertShare(t, "net benefit", covered, coverage);
});

test("conformal sets hold the truth as promised: overall, for a rare class, and in a hard subgroup", (t) => {
  const draw = (random: Random): { truth: number; row: number[]; hard: string } => {
    const truth = random.uniform() < 0.15 ? 2 : random.integer(2);
    const hard = random.uniform() < 0.3;
    const logits = [0, 1, 2].map((k) => random.normal() + (k === truth ? (hard ? 0.5 : 2) : k === 2 ? -1 : 0));
    return { truth, row: softmax(logits), hard: hard ? "hard" : "easy" };
  };
  const sets = { all: 0, rare: 0, rareCases: 0, rareSplit: 0, hard: 0, hardCases: 0, hardSplit: 0 };
  const count = 5000;
  shareOfStudies(
    "conformal",
    (random) => {
      const cases = Array.from({ length: 150 }, () => draw(random));
      const calibration = { truth: cases.map(({ truth }) => truth), probabilities: cases.map(({ row }) => row) };
      const fresh = draw(random);
      const split = splitConformal(calibration);
      const inSplit = split.predict(fresh.row).includes(fresh.truth);
      if (inSplit) sets.all += 1 / count;
      if (fresh.truth === 2) {
        sets.rareCases += 1;
        if (inSplit) sets.rareSplit += 1;
        if (splitConformal(calibration, { by: "class" }).predict(fresh.row).includes(2)) sets.rare += 1;
      }
      if (fresh.hard === "hard") {
        sets.hardCases += 1;
        if (inSplit) sets.hardSplit += 1;
        const by = splitConformal(calibration, { by: cases.map(({ hard }) => hard) });
        if (by.predict(fresh.row, "hard").includes(fresh.truth)) sets.hard += 1;
      }
      return true;
    },
    count,
  );
  assertShare(t, "split", sets.all, [0.89, 0.92]);
  assertShare(t, "rare class, class-conditional", sets.rare / sets.rareCases, [0.87, 0.97]);
  assertShare(t, "rare class, split", sets.rareSplit / sets.rareCases, [0, 0.88]);
  assertShare(t, "hard subgroup, subgroup-conditional", sets.hard / sets.hardCases, [0.88, 0.94]);
  assertShare(t, "hard subgroup, split", sets.hardSplit / sets.hardCases, [0, 0.88]);
});
