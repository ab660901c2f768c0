import { test } from "node:test";
import type { Random } from "../../base/index.js";
import { matthewsCorrelation } from "../matthews.js";
import { positivePredictiveValue } from "../predictive-values.js";
import { proportionRatio } from "../proportion-ratio.js";
import { diagnosticAccuracy } from "../diagnostic-accuracy.js";
import { assertShare, coverage, holds, shareOfStudies } from "../simulate.testkit.js";
import { blandAltman } from "./bland-altman.js";
import { fleissKappa, gwetAc1, krippendorffAlpha } from "./chance-corrected.js";
import { cohenKappa, crossTabulate } from "./cohen-kappa.js";
import { intraclassCorrelation } from "./intraclass-correlation.js";

/** Readers name the case's class with probability 0.8, else one of all three at random. */
function ratings(random: Random, cases: number, readers: number): number[][] {
  return Array.from({ length: cases }, () => {
    const u = random.uniform();
    const truth = u < 0.5 ? 0 : u < 0.8 ? 1 : 2;
    return Array.from({ length: readers }, () => (random.uniform() < 0.8 ? truth : random.integer(3)));
  });
}

test("kappa, AC1 and alpha cover their values in a population", (t) => {
  const shares = [0.5, 0.3, 0.2].map((p) => 0.8 * p + 0.2 / 3);
  // Two readers agree where both know, and in a third of the cases where one or both guess.
  const observed = 0.64 + (2 * 0.16 + 0.04) / 3;
  const expected = shares.reduce((sum, p) => sum + p * p, 0);
  const kappa = (observed - expected) / (1 - expected);
  const chance = shares.reduce((sum, p) => sum + p * (1 - p), 0) / 2;
  const ac1 = (observed - chance) / (1 - chance);
  const cohen = shareOfStudies("cohen", (random) => {
    const rows = ratings(random, 120, 2);
    return holds(cohenKappa(crossTabulate(rows.map(([a]) => a!), rows.map(([, b]) => b!)).counts), kappa);
  });
  assertShare(t, "Cohen's kappa", cohen, coverage);
  for (const [name, f, truth] of [["Fleiss", fleissKappa, kappa], ["Gwet", gwetAc1, ac1], ["Krippendorff", krippendorffAlpha, kappa]] as const) {
    assertShare(t, name, shareOfStudies(name, (random) => holds(f(ratings(random, 80, 4)), truth)), coverage);
  }
});

test("the intraclass correlations cover", (t) => {
  const values = (random: Random): number[][] => {
    const offsets = [0, 1, 2].map(() => 0.5 * random.normal());
    return Array.from({ length: 30 }, () => {
      const own = 1.5 * random.normal();
      return offsets.map((offset) => own + offset + random.normal());
    });
  };
  const truth = { agreement: 2.25 / (2.25 + 0.25 + 1), consistency: 2.25 / 3.25 };
  for (const model of ["agreement", "consistency"] as const) {
    const share = shareOfStudies(model, (random) => holds(intraclassCorrelation(values(random), { model }), truth[model]));
    assertShare(t, `ICC, ${model}`, share, coverage);
  }
});

test("the limits of agreement cover", (t) => {
  const share = shareOfStudies("limits", (random) => {
    const first = Array.from({ length: 60 }, () => 5 * random.normal());
    const second = first.map((value) => value - 0.5 - 2 * random.normal());
    return holds(blandAltman(first, second).upperLimit, 0.5 + 1.959963984540054 * 2);
  });
  assertShare(t, "upper limit", share, coverage);
});

test("likelihood ratio, predictive value, Youden's index and Matthews' coefficient cover", (t) => {
  const draw = (random: Random): { truePositives: number; falseNegatives: number; falsePositives: number; trueNegatives: number } => {
    const counts = { truePositives: 0, falseNegatives: 0, falsePositives: 0, trueNegatives: 0 };
    for (let i = 0; i < 100; i++) {
      if (random.uniform() < 0.4) counts[random.uniform() < 0.85 ? "truePositives" : "falseNegatives"] += 1;
      else counts[random.uniform() < 0.2 ? "falsePositives" : "trueNegatives"] += 1;
    }
    return counts;
  };
  const ratio = shareOfStudies("ratio", (random) => {
    const c = draw(random);
    const got = proportionRatio(
      { successes: c.truePositives, n: c.truePositives + c.falseNegatives },
      { successes: c.falsePositives, n: c.falsePositives + c.trueNegatives },
    );
    return holds(got, 0.85 / 0.2);
  });
  assertShare(t, "LR+", ratio, coverage);
  const ppv = shareOfStudies("ppv", (random) =>
    holds(positivePredictiveValue(draw(random), { prevalence: 0.1 }), (0.1 * 0.85) / (0.1 * 0.85 + 0.9 * 0.2)),
  );
  assertShare(t, "PPV at 10 %", ppv, coverage);
  const youden = shareOfStudies("youden", (random) => {
    const figure = diagnosticAccuracy(draw(random)).youden;
    return "lower" in figure && holds(figure, 0.65);
  });
  assertShare(t, "Youden", youden, coverage);
  const p = [0.4 * 0.85, 0.4 * 0.15, 0.6 * 0.2, 0.6 * 0.8] as const;
  const phi = (p[0] * p[3] - p[1] * p[2]) / Math.sqrt(0.4 * 0.6 * (p[0] + p[2]) * (p[1] + p[3]));
  const matthews = shareOfStudies("matthews", (random) => {
    const c = draw(random);
    return holds(matthewsCorrelation([[c.trueNegatives, c.falsePositives], [c.falseNegatives, c.truePositives]]), phi);
  });
  assertShare(t, "Matthews", matthews, coverage);
});
