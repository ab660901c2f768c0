import { compareCells, performanceOf, type AggregateOptions } from "../aggregate.js";
import { kappaOf } from "../analysis/kappa.js";
import type { ExternalResult } from "../external/contract.js";
import { patientOfRows, type PredictionTable } from "../read-predictions.js";
import type { StudyResults } from "../results.js";
import { recordsOfCell } from "./records-of-cell.js";

/** The figures of the external test set again, from `external.csv`. */
export function recomputeExternal({ external, level, folds }: StudyResults, { rows, labels }: PredictionTable): Pick<ExternalResult, "cells" | "comparisons"> {
  const options: AggregateOptions = { labels, level, patientOf: patientOfRows(rows), seed: folds[0]!.seed };
  const decided = external!.cells.map(({ cell }) => ({ id: cell, records: recordsOfCell(cell, { rows }) }));
  return {
    cells: decided.map(({ id, records }) => {
      const predictions = records.flatMap((record) => record.predictions);
      return { cell: id, performance: performanceOf(predictions, options), kappa: kappaOf(predictions, options) };
    }),
    comparisons: compareCells(decided, options),
  };
}
