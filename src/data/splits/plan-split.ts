import { InputError } from "../../base/index.js";
import type { Dataset } from "../dataset.js";
import type { PlannedRound, SplitOptions } from "./contract.js";
import { splits, type SplitName } from "./index.js";
import { givenFolds, hasGivenSplit, type GivenOptions } from "./plan-folds.js";

/** A way to divide cases; `given` is the table's own split column. */
export type SplitChoice = SplitName | "given";

/**
 * Which split a study is made with: what the recipe says, else the table's own, else k-fold.
 */
export function chooseSplit(dataset: Pick<Dataset, "cases">, kind: SplitChoice | undefined): SplitChoice {
  return kind ?? (hasGivenSplit(dataset) ? "given" : "k-fold");
}

/**
 * Rounds of a split.
 * @throws InputError `split-options` for an option that the kind does not read or one it lacks; those of the kind
 */
export function planSplit(dataset: Pick<Dataset, "cases" | "name">, kind: SplitChoice, options: SplitOptions & GivenOptions): PlannedRound[] {
  if (kind === "given") {
    if (!hasGivenSplit(dataset)) throw new InputError("split-options", `split: expected a split column in ${dataset.name}, got none. Add it, or choose another kind of split.`);
    return givenFolds(dataset, options);
  }
  const chosen = splits[kind];
  const { seed: _, acceptLeaks: __, ...told } = options;
  const stray = Object.entries(told).find(([name, value]) => value !== undefined && !chosen.options.some((option) => option === name));
  if (stray !== undefined) throw new InputError("split-options", `split: expected only ${chosen.options.join(", ")} of ${kind}, got ${stray[0]}. Remove it.`);
  const lacking = chosen.needs.find((name) => options[name] === undefined);
  if (lacking !== undefined) throw new InputError("split-options", `split: expected ${lacking} of ${kind}, got none. Add it.`);
  return chosen.plan(dataset.cases, options);
}
