import { seededRandom } from "../../base/index.js";
import { pairedPermutationTest, type PermutationTest } from "../../stats/index.js";
import type { SearchSpace, Settings } from "../space.js";
import type { TrialResult } from "../trial.js";
import { samplers, type SamplerName } from "./index.js";

export interface Problem {
  readonly space: SearchSpace;
  /** Loss above the least. */
  readonly regret: (settings: Settings) => number;
}

/** Branin's function, least 0.397887 (Dixon and Szegö 1978). */
function branin(x: number, y: number): number {
  return (y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6) ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
}

export const problems: Record<string, Problem> = {
  "Branin": { space: { x: { float: [-5, 10] }, y: { float: [0, 15] } }, regret: ({ x, y }) => branin(Number(x), Number(y)) - 0.397887 },
  "a valley over learning rate, decay and dropout": {
    space: { rate: { log: [1e-6, 1] }, decay: { log: [1e-6, 1] }, dropout: { float: [0, 1] } },
    regret: ({ rate, decay, dropout }) => (Math.log10(Number(rate)) + 3) ** 2 + 0.3 * (Math.log10(Number(decay)) + 4) ** 2 + (3 * (Number(dropout) - 0.3)) ** 2,
  },
  "a conditional space with a list": {
    space: { optimizer: { choice: ["sgd", "adam", "adamw"] }, rate: { log: [1e-5, 1] }, momentum: { float: [0, 1], when: { optimizer: "sgd" } }, stages: { int: [1, 12] } },
    regret: ({ optimizer, rate, momentum = 0, stages }) => {
      const best = optimizer === "sgd" ? -1 : -3;
      const own = optimizer === "sgd" ? 2 * (Number(momentum) - 0.9) ** 2 : optimizer === "adam" ? 0.6 : 0.3;
      return own + 0.5 * (Math.log10(Number(rate)) - best) ** 2 + 0.05 * (Number(stages) - 9) ** 2;
    },
  },
};

/** The least regret that a sampler finds. */
function bestFound(name: SamplerName, { space, regret }: Problem, seed: number): number {
  const results: TrialResult[] = [];
  const trials = 50;
  for (let trial = 0; trial < trials; trial++) {
    const settings = samplers[name].propose({ space, seed, trial, trials, results });
    results.push({ trial, settings, resource: 1, score: -regret(settings) });
  }
  return Math.min(...results.map(({ score }) => -score!));
}

/** Paired permutation test of the log regret after 50 trials of tpe against 50 random ones, over seeds. */
export function tpeAgainstRandom(problem: Problem, seeds: number): PermutationTest {
  const logs = (sampler: SamplerName) => Array.from({ length: seeds }, (_, seed) => Math.log10(bestFound(sampler, problem, seed) + 1e-3));
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return pairedPermutationTest(mean, logs("tpe"), logs("random"), { random: seededRandom("tpe against random"), permutations: 4999 });
}
