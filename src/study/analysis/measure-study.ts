import { isEstimable } from "../../stats/index.js";
import { aggregateCell, collectNotEstimable, compareCells, type AggregateOptions, type CellFacts } from "../aggregate.js";
import type { CellResult, StudyResults } from "../results.js";
import type { TaskRecord } from "../task-record.js";
import { decideUnits, groupUnits } from "./decide-units.js";
import { subgroupsOf, type SubgroupColumn } from "./subgroups.js";

export interface MeasuredCell {
  readonly facts: CellFacts;
  readonly records: readonly TaskRecord[];
}

/** What follows from the predictions, and from nothing else. */
export type StudyFigures = Pick<StudyResults, "cells" | "comparisons" | "subgroups" | "failures" | "notEstimable">;

/** The cell with the highest pooled accuracy, the first of equal ones. */
export function headlineCell(cells: readonly CellResult[]): CellResult | undefined {
  const accuracyOf = ({ pooled: { accuracy } }: CellResult): number => (isEstimable(accuracy) ? accuracy.estimate : -1);
  return cells.reduce<CellResult | undefined>((best, cell) => (best === undefined || accuracyOf(cell) > accuracyOf(best) ? cell : best), undefined);
}

/** Errors of one cell in its first seed, the most confident first. */
function failuresOf(headline: CellResult, cells: readonly MeasuredCell[], labels: readonly string[]): NonNullable<StudyResults["failures"]> {
  const firstSeed = ({ records }: MeasuredCell) => records.filter(({ seed }) => seed === records[0]?.seed).flatMap(({ predictions }) => predictions);
  const wrong = new Map<string, number>();
  for (const cell of cells) for (const one of firstSeed(cell)) if (one.label !== one.predicted) wrong.set(one.case, (wrong.get(one.case) ?? 0) + 1);
  const tested = firstSeed(cells.find(({ facts }) => facts.id === headline.id)!);
  return {
    cell: headline.id,
    tested: tested.length,
    cases: tested
      .filter(({ label, predicted }) => label !== predicted)
      .map((one) => ({ case: one.case, label: labels[one.label]!, predicted: labels[one.predicted]!, probability: one.probabilities[one.predicted]!, wrongCells: wrong.get(one.case)! }))
      .sort((a, b) => b.probability - a.probability || (a.case < b.case ? -1 : 1)),
  };
}

/** Every figure of a study from its predictions: of units of decision where there are any, else of images. */
export function measureStudy(ofImages: readonly MeasuredCell[], imageColumns: readonly SubgroupColumn[], options: AggregateOptions): StudyFigures {
  const columns = groupUnits(imageColumns, options.unitOf);
  const measured = ofImages.map(({ facts, records }) => ({
    facts,
    records: records.map((record) => ({ ...record, predictions: [...decideUnits(record.predictions, options.unitOf)] })),
  }));
  const cells = measured.map(({ facts, records }) => aggregateCell(facts, records, options));
  const headline = headlineCell(cells);
  const predictionsOf = ({ facts, records }: MeasuredCell) => ({ id: facts.id, predictions: records.flatMap(({ predictions }) => predictions) });
  return {
    cells,
    comparisons: compareCells(measured.map(({ facts, records }) => ({ id: facts.id, records })), options),
    ...(columns.length > 0 && { subgroups: subgroupsOf(measured.map(predictionsOf), columns, options) }),
    ...(headline && { failures: failuresOf(headline, measured, options.labels) }),
    notEstimable: collectNotEstimable(cells),
  };
}
