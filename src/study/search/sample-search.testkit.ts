import { seededRandom } from "../../base/index.js";
import { nextJob, rungsOf, type TrialResult } from "../../search/index.js";
import type { BeforeAfter, SearchedTrial, SearchResults } from "./results.js";

const space = {
  "training.optimizer.learningRate": { log: [1e-5, 1e-2] as [number, number] },
  "training.dropout": { float: [0, 0.5] as [number, number] },
  "training.weightDecay": { log: [1e-6, 1e-2] as [number, number] },
  "training.optimizer.name": { choice: ["sgd", "adamw"] },
};

/** A search of made-up scores: a real search over a valley, so that its plot looks like one. */
export function sampleSearch(before = "mobilenet_v2/fine-tuning"): SearchResults {
  const rungs = rungsOf({ minimum: 1, maximum: 12, reduction: 3 });
  const folds = [1, 2, 3].map((fold) => {
    const results: TrialResult[] = [];
    const random = seededRandom("sample search", fold);
    for (;;) {
      const job = nextJob({ space, sampler: "tpe", scheduler: "asha", trials: 20, rungs, reduction: 3, seed: fold }, results);
      if (job === undefined) break;
      const { settings, resource } = job;
      const rate = Math.log10(Number(settings["training.optimizer.learningRate"]));
      const score = 0.93 - 0.04 * (rate + 3.3) ** 2 - 0.2 * (Number(settings["training.dropout"]) - 0.2) ** 2 - 0.1 / resource - (settings["training.optimizer.name"] === "sgd" ? 0.05 : 0) + 0.01 * random.normal();
      results.push({ ...job, score, standardError: 0.012 });
    }
    const trials = [...new Map(results.map((result) => [result.trial, result])).values()].map(({ trial, settings, resource, score }): SearchedTrial => ({ trial: trial + 1, settings, epochs: resource, state: resource === 12 ? "whole" : "stopped", score: score!, standardError: 0.012, seconds: 10 }));
    const best = trials.filter(({ state }) => state === "whole").reduce((a, b) => (b.score! > a.score! ? b : a));
    return { seed: 1, fold, trials, chosen: best.trial, best: best.trial, within: 1, settings: best.settings, innerScore: best.score!, outerScore: best.score! - 0.02 };
  });
  const estimate = (value: number, half: number) => ({ estimate: value, lower: value - half, upper: value + half, level: 0.95, method: "bootstrap", n: 108 });
  const row = (measure: string, from: number, to: number, p: number): BeforeAfter => ({ measure, before: estimate(from, 0.05), after: estimate(to, 0.04), difference: estimate(to - from, 0.03), pValue: p, pAdjusted: p, test: "permutation, exchanging patients" });
  return {
    sampler: "tpe",
    trials: 20,
    metric: "macro-f1",
    scheduler: "asha",
    minimumEpochs: 1,
    reduction: 3,
    innerFolds: 3,
    selectionRule: "best",
    space,
    rungs: { [before]: rungs },
    cells: [
      {
        before,
        after: `${before}/searched`,
        folds,
        optimism: { ...estimate(0.02, 0.01), method: "corrected resampled t (Nadeau-Bengio)", n: 3 },
        comparison: [row("F1 (macro)", 0.92, 0.94, 0.041), row("Accuracy", 0.925, 0.944, 0.0625), row("AUC (macro)", 0.95, 0.96, 0.2)],
        cases: 108,
        importance: Object.keys(space).map((parameter, i) => ({ parameter, ...(i < 3 && { share: 0.6 / (i + 1) }), folds: 3 })),
      },
    ],
  };
}
