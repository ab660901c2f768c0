import { InputError } from "../../base/index.js";
import { sha256 } from "../../files/index.js";
import type { AggregateOptions } from "../aggregate.js";
import { decideUnits } from "../analysis/decide-units.js";
import type { OpenStudy, StudyOptions } from "../open-study.js";
import { roundsOf, type StudyPlan } from "../plan.js";
import type { TaskRecord } from "../task-record.js";
import { leakResults, refuseLeaks } from "./audit-study.js";
import type { LeakResults } from "./contract.js";
import { compareHonest, honestPlan } from "./honest.js";

/** A run's leaks before training: refused, or accepted with the plan of the honest result. */
export interface PlannedLeaks {
  readonly results: LeakResults;
  readonly honest?: ReturnType<typeof honestPlan>;
}

/**
 * Holds the plan against the audit.
 * @throws InputError `leaks` where the plan leaks and that was not accepted; `accept-leaks` where it was and searches settings
 */
export async function planLeaks(plan: StudyPlan, { dataset, leaks, context: { folder } }: OpenStudy, { acceptLeaks = false, recipe }: StudyOptions): Promise<PlannedLeaks> {
  const found = leakResults(dataset, leaks);
  const crossing = await refuseLeaks({ dataset, rounds: roundsOf(plan), audit: leaks }, { folder, acceptLeaks });
  if (crossing.length === 0) return { results: found };
  if (recipe.search !== undefined) throw new InputError("accept-leaks", "search: expected none in a run with accepted leaks, as the search itself would leak, got one. Leave it out, or correct the split.");
  const honest = honestPlan(plan, dataset);
  const removed = "notEstimable" in honest ? undefined : honest.folds.map(({ train, given = [] }, i) => plan.folds[i]!.train.length + (plan.folds[i]!.given ?? []).length - train.length - given.length);
  return { results: { ...found, crossing, ...(removed && { removed }), ...("notEstimable" in honest && { honest }) }, honest };
}

/** The results with the honest figures beside the leaky ones. */
export function withHonest({ results }: PlannedLeaks, { leaky, honest, table }: { leaky: ReadonlyMap<string, TaskRecord[]>; honest: ReadonlyMap<string, TaskRecord[]>; table: string }, options: AggregateOptions): LeakResults {
  const decided = (records: ReadonlyMap<string, TaskRecord[]>): Map<string, TaskRecord[]> =>
    new Map([...records].map(([cell, list]) => [cell, list.map((record) => ({ ...record, predictions: [...decideUnits(record.predictions, options.unitOf)] }))]));
  return { ...results, honest: compareHonest(decided(leaky), decided(honest), options), predictions: { rows: [...honest.values()].flat().reduce((sum, { predictions }) => sum + predictions.length, 0), sha256: sha256(table) } };
}
