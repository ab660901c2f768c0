import assert from "node:assert/strict";
import { test } from "node:test";
import type { Random } from "../base/index.js";
import { seededRandom } from "../base/index.js";
import { classificationReport } from "./classification-report.js";
import { clusteredProportion } from "./clustered-proportion.js";
import { delongTest } from "./delong-test.js";
import { normalCdf } from "./distributions/index.js";
import { isEstimable } from "./estimate.js";
import type { Figure } from "./estimate.js";
import { compareFolds } from "./folds.js";
import { mcNemarOfCounts } from "./mcnemar.js";
import { pairCounts } from "./paired-difference.js";
import { proportionInterval } from "./proportion-interval.js";
import { rocAuc } from "./roc-auc.js";

const studies = 5000;

/** Share of simulated studies in which something is true. */
function shareOf(name: string, count: number, study: (random: Random) => boolean): number {
  let hits = 0;
  for (let s = 0; s < count; s++) if (study(seededRandom(name, s))) hits++;
  return hits / count;
}

function covers(figure: Figure, truth: number): boolean {
  return isEstimable(figure) && figure.lower <= truth && truth <= figure.upper;
}

function assertBetween(
  share: number,
  low: number,
  high: number,
  what: string,
  t: { diagnostic(message: string): void },
): void {
  t.diagnostic(`${what}: ${(100 * share).toFixed(2)} %`);
  assert.ok(share >= low && share <= high, `${what}: ${share}, expected between ${low} and ${high}`);
}

test("Wilson's 95 % interval covers 95 +- 1 % on average over proportions, Clopper-Pearson at least 95 %", (t) => {
  const draw =
    (method: "wilson" | "clopper-pearson" | "jeffreys" | "agresti-coull") =>
    (random: Random): boolean => {
      const p = random.between(0.02, 0.98);
      let x = 0;
      for (let i = 0; i < 60; i++) if (random.uniform() < p) x++;
      return covers(proportionInterval(x, 60, { method }), p);
    };
  assertBetween(shareOf("wilson", studies, draw("wilson")), 0.94, 0.96, "Wilson", t);
  assertBetween(shareOf("jeffreys", studies, draw("jeffreys")), 0.94, 0.96, "Jeffreys", t);
  assertBetween(shareOf("agresti", studies, draw("agresti-coull")), 0.94, 0.96, "Agresti-Coull", t);
  assertBetween(shareOf("exact", studies, draw("clopper-pearson")), 0.95, 1, "Clopper-Pearson", t);
});

test("the clustered interval covers where images of a patient depend on each other, the plain one does not", (t) => {
  const study =
    (clustered: boolean) =>
    (random: Random): boolean => {
      const hits: boolean[] = [];
      const groups: number[] = [];
      for (let patient = 0; patient < 40; patient++) {
        const shared = random.normal() * 1.5;
        for (let image = random.integer(5); image >= 0; image--) {
          hits.push(1 + shared + random.normal() > 0);
          groups.push(patient);
        }
      }
      const truth = normalCdf(1 / Math.sqrt(1 + 1.5 ** 2));
      return covers(
        clustered ? clusteredProportion(hits, groups) : proportionInterval(hits.filter(Boolean).length, hits.length),
        truth,
      );
    };
  assertBetween(shareOf("clustered", studies, study(true)), 0.94, 0.96, "clustered Wilson", t);
  assertBetween(shareOf("clustered", studies, study(false)), 0.6, 0.9, "plain Wilson on clusters", t);
});

test("DeLong's interval and test keep their level", (t) => {
  const cases = (random: Random, shift: number): { labels: number[]; first: number[]; second: number[] } => {
    const labels = Array.from({ length: 110 }, (_, i) => (i < 50 ? 1 : 0));
    const common = labels.map(() => random.normal());
    const score = (): number[] => labels.map((label, i) => shift * label + 0.6 * common[i]! + 0.8 * random.normal());
    return { labels, first: score(), second: score() };
  };
  const truth = normalCdf(1 / Math.SQRT2);
  for (const method of ["delong", "delong-logit", "newcombe"] as const) {
    const share = shareOf("auc", studies, (random) => {
      const { labels, first } = cases(random, 1);
      return covers(rocAuc(labels, first, { method }), truth);
    });
    assertBetween(share, 0.94, 0.96, `${method}, AUC ${truth.toFixed(2)}`, t);
  }
  const rejected = shareOf("test", studies, (random) => {
    const { labels, first, second } = cases(random, 1);
    return delongTest(labels, first, second).p < 0.05;
  });
  assertBetween(rejected, 0.043, 0.057, "type-I error of the paired test", t);
});

// Positives, negatives, shift of the positives' scores.
const high = [
  [25, 35, 2.5],
  [20, 20, 1.8124],
  [15, 60, 1.8124],
  [100, 100, 2.6598],
  [10, 40, 1.4658],
] as const;

test("near 1 and with few cases the default interval covers 94 to 96.5 %; DeLong's symmetric one too rarely, Newcombe's too often", (t) => {
  for (const [m, n, shift] of high) {
    const truth = normalCdf(shift / Math.SQRT2);
    const share = (method: "delong" | "delong-logit" | "newcombe"): number =>
      shareOf(`high ${m} ${n}`, studies, (random) => {
        const labels = Array.from({ length: m + n }, (_, i) => (i < m ? 1 : 0));
        const scores = labels.map((label) => shift * label + random.normal());
        try {
          return covers(rocAuc(labels, scores, { method }), truth);
        } catch {
          // An AUC of 1: reports then take Newcombe's interval (classAuc).
          return covers(rocAuc(labels, scores, { method: "newcombe" }), truth);
        }
      });
    const what = `AUC ${truth.toFixed(2)} of ${m} and ${n} cases`;
    assertBetween(share("delong"), 0.8, 0.945, `delong, ${what}`, t);
    assertBetween(share("delong-logit"), 0.94, 0.965, `delong-logit, ${what}`, t);
    assertBetween(share("newcombe"), 0.95, 1, `newcombe, ${what}`, t);
  }
});

// Some 17 of 109 pairs differ: their binomial has few steps, and an exact test stays below its level by up to one of them.
test("McNemar's exact test is never too eager, mid-p keeps its level, the interval of the difference covers", (t) => {
  const answers = (random: Random, gap: number): ReturnType<typeof pairCounts> => {
    const first: boolean[] = [];
    const second: boolean[] = [];
    for (let i = 0; i < 109; i++) {
      const u = random.uniform();
      // P(only first) = 0.08 + gap, P(only second) = 0.08.
      first.push(u < 0.8 + 0.08 + gap);
      second.push(u < 0.8 || (u >= 0.88 + gap && u < 0.96 + gap));
    }
    return pairCounts(first, second);
  };
  assertBetween(
    shareOf("exact", studies, (r) => mcNemarOfCounts(answers(r, 0)).p < 0.05),
    0,
    0.05,
    "exact, type-I error",
    t,
  );
  assertBetween(
    shareOf("midp", studies, (r) => mcNemarOfCounts(answers(r, 0), { test: "mid-p" }).p < 0.05),
    0.043,
    0.057,
    "mid-p, type-I error",
    t,
  );
  for (const method of ["newcombe", "tango"] as const) {
    assertBetween(
      shareOf(method, studies, (r) => covers(mcNemarOfCounts(answers(r, 0.04), { method }), 0.04)),
      0.94,
      0.96,
      method,
      t,
    );
  }
});

test("intervals of F1 and of the averages cover on average over populations, over whole reports", (t) => {
  // 100 cases of three classes; a case is called its class k with probability right[k], drawn anew for each study, else one of the others: of
  // one population the counts are so few that the share goes up and down with it. A class's own figures are tested on classes drawn at random
  // (with fixed sizes precision varies less than a proportion and is held too often); averages, drawn anew within classes, on fixed sizes.
  const shares = [0.5, 0.3, 0.2];
  const tallies: Record<string, number> = {};
  const tally = (name: string, figure: Figure, truth: number): void => {
    tallies[name] = (tallies[name] ?? 0) + (covers(figure, truth) ? 1 / studies : 0);
  };
  for (let s = 0; s < studies; s++) {
    const random = seededRandom("reports", s);
    const right = shares.map(() => random.between(0.6, 0.95));
    const probability = (k: number, j: number): number => (j === k ? right[k]! : (1 - right[k]!) / 2);
    const truths = shares.map((share, k) => {
      const called = shares.reduce((sum, other, j) => sum + other * probability(j, k), 0);
      return { precision: (share * right[k]!) / called, recall: right[k]!, f1: (2 * share * right[k]!) / (share + called) };
    });
    const report = (labels: number[], resamples: number): ReturnType<typeof classificationReport> =>
      classificationReport({
        labels,
        predictions: labels.map((k) => (random.uniform() < right[k]! ? k : (k + 1 + random.integer(2)) % 3)),
        classes: ["a", "b", "c"],
        seed: s,
        resamples,
      });
    const drawn = report(Array.from({ length: 100 }, () => random.uniform()).map((u) => (u < 0.5 ? 0 : u < 0.8 ? 1 : 2)), 100);
    const { macro } = report(shares.flatMap((share, k) => Array.from({ length: Math.round(100 * share) }, () => k)), 500);
    for (const key of ["precision", "recall", "f1"] as const) {
      drawn.perClass.forEach((figures, k) => tally(`${key} of ${figures.name}`, figures[key], truths[k]![key]));
      tally(`macro ${key}`, macro[key], truths.reduce((sum, truth) => sum + truth[key] / 3, 0));
    }
  }
  for (const [name, share] of Object.entries(tallies)) assertBetween(share, 0.94, 0.96, name, t);
});

test("the corrected resampled t-test keeps its level where the plain one does not", (t) => {
  // Ten random splits of the same 100 cases, 20 tested each: figures of splits that share cases depend on each other.
  const study =
    (testPerTraining: number) =>
    (random: Random): boolean => {
      const gains = Array.from({ length: 100 }, () => random.normal());
      const folds = Array.from({ length: 10 }, () =>
        random
          .shuffle(gains)
          .slice(0, 20)
          .reduce((sum, gain) => sum + gain / 20, 0),
      );
      return compareFolds(folds, { testPerTraining }).p < 0.05;
    };
  assertBetween(shareOf("folds", studies, study(0)), 0.1, 0.6, "plain t, type-I error", t);
  assertBetween(shareOf("folds", studies, study(0.25)), 0.043, 0.057, "corrected t, type-I error", t);
});
