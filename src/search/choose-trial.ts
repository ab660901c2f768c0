import { InputError } from "../base/index.js";
import { coordinateOf, type SearchSpace, type Settings } from "./space.js";
import { latestResults, rankResults, type TrialResult } from "./trial.js";

/** How the settings are chosen when the trials are done. */
export const selectionRules = ["best", "one-standard-error"] as const;
export type SelectionRule = (typeof selectionRules)[number];

/** The end of the range that makes the simpler model, by the last part of a setting's name. */
const simplerEnds: Readonly<Record<string, "low" | "high">> = {
  weightDecay: "high",
  dropout: "high",
  startPenalty: "high",
  labelSmoothing: "high",
  learningRate: "low",
  epochs: "low",
  stages: "low",
  size: "low",
};

/** Which end of a parameter is simpler: what the space says, else what is known of its name. */
export function simplerEnd(space: SearchSpace, name: string): "low" | "high" | undefined {
  return space[name]?.simpler ?? simplerEnds[name.split(".").at(-1)!];
}

/** Parameters with an order of simplicity; the rule of one standard error needs one at least. */
export function orderedParameters(space: SearchSpace): string[] {
  return Object.entries(space).flatMap(([name, parameter]) => ("choice" in parameter || simplerEnd(space, name) === undefined ? [] : [name]));
}

/** How simple the settings are: mean place between the complex end (0) and the simple end (1) of the ordered parameters. */
export function simplicityOf(space: SearchSpace, settings: Settings): number {
  const places = orderedParameters(space).flatMap((name) => {
    if (!Object.hasOwn(settings, name)) return [];
    const place = coordinateOf(space[name]!, settings[name]!);
    return [simplerEnd(space, name) === "high" ? place : 1 - place];
  });
  return places.length === 0 ? 0 : places.reduce((sum, place) => sum + place, 0) / places.length;
}

export interface TrialChoice<T extends TrialResult> {
  readonly chosen: T;
  /** The one with the highest score, which `best` chooses. */
  readonly best: T;
  /** Trials within one standard error of the best, itself included; 1 under the rule `best`. */
  readonly within: number;
}

/**
 * Chooses among the trials that were trained the furthest. `best`: the highest score, the earlier at ties. `one-standard-error`: of those
 * within one standard error of the best, the simplest (see {@link simplicityOf}), at ties the better.
 * @throws InputError `search-failed` where no trial has a score; `search-rule` where the rule has no standard error or no order
 * @see Breiman, Friedman, Olshen and Stone 1984, section 3.4.3
 */
export function chooseTrial<T extends TrialResult>(space: SearchSpace, results: readonly T[], rule: SelectionRule): TrialChoice<T> {
  const scored = rankResults(latestResults(results)).filter(({ score }) => score !== undefined);
  const [best] = scored;
  if (best === undefined) {
    throw new InputError("search-failed", `search: expected a trial that can be trained, got ${results.length} that failed. Narrow the space: lower learning rates diverge less.`);
  }
  if (rule === "best") return { chosen: best, best, within: 1 };
  if (best.standardError === undefined || orderedParameters(space).length === 0) {
    const lacking = best.standardError === undefined ? "scores over at least 2 inner folds" : "a numeric parameter of known simplicity";
    throw new InputError("search-rule", `one-standard-error: expected ${lacking}, got none. Use selectionRule best, or add what lacks.`);
  }
  const candidates = scored.filter(({ resource, score }) => resource === best.resource && score! >= best.score! - best.standardError!);
  const simplicity = candidates.map(({ settings }) => simplicityOf(space, settings));
  const chosen = candidates[simplicity.reduce((top, value, i) => (value > simplicity[top]! ? i : top), 0)]!;
  return { chosen, best, within: candidates.length };
}
