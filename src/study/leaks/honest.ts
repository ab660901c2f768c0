import { withoutCrossings, type Dataset } from "../../data/index.js";
import { compareCells, performanceOf, type AggregateOptions } from "../aggregate.js";
import type { PlannedFold, StudyPlan } from "../plan.js";
import type { Performance } from "../results.js";
import type { TaskRecord } from "../task-record.js";
import type { HonestCell } from "./contract.js";

/**
 * The plan with the leaking training cases left out and the test cases as they are; folds are numbered on from the plan's
 * own. A reason where some class would have nothing to train on.
 */
export function honestPlan(plan: StudyPlan, { cases }: Dataset): StudyPlan | { readonly notEstimable: string } {
  const rounds = plan.folds.map(({ train, given, test }) => ({ train, test, ...(given && { validation: given }) }));
  const folds = withoutCrossings(cases, rounds).map(({ train, validation, test }, i): PlannedFold => {
    const { given: _, ...own } = plan.folds[i]!;
    return { ...own, fold: own.fold + plan.folds.length, train, test, ...(validation && validation.length > 0 && { given: validation }) };
  });
  const labels = [...new Set(cases.map(({ label }) => label))];
  const short = folds.find(({ train }) => labels.some((label) => train.filter((index) => cases[index]!.label === label).length < 2));
  return short === undefined ? { ...plan, folds } : { notEstimable: `without what leaks, fold ${short.fold - plan.folds.length} lacks cases of a class to train on` };
}

/** Cells as they are beside the same cells without the leak. */
export function compareHonest(leaky: ReadonlyMap<string, TaskRecord[]>, honest: ReadonlyMap<string, TaskRecord[]>, options: AggregateOptions): HonestCell[] {
  const figures = (records: readonly TaskRecord[]): HonestCell["leaky"] => {
    const { accuracy, macro }: Performance = performanceOf(records.flatMap(({ predictions }) => predictions), options);
    return { accuracy, f1: macro.f1, auc: macro.auc };
  };
  return [...leaky].map(([cell, records]) => ({
    cell,
    leaky: figures(records),
    honest: figures(honest.get(cell)!),
    comparison: compareCells([{ id: `${cell}, leaking`, records }, { id: `${cell}, honest`, records: honest.get(cell)! }], options)[0]!,
  }));
}
