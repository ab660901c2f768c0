import { compareCells, performanceOf, type AggregateOptions } from "../aggregate.js";
import { decideUnits } from "../analysis/decide-units.js";
import { kappaOf } from "../analysis/kappa.js";
import type { ExternalResult } from "../external/contract.js";
import { patientOfRows, recordOfRows, unitOfRows, type PredictionTable } from "../read-predictions.js";
import type { StudyResults } from "../results.js";

/** The figures of the external test set again, from `external.csv`. */
export function recomputeExternal({ external, level, folds }: StudyResults, { rows, labels }: PredictionTable): Pick<ExternalResult, "cells" | "comparisons"> {
  const unitOf = unitOfRows(rows);
  const options: AggregateOptions = { labels, level, patientOf: patientOfRows(rows), seed: folds[0]!.seed };
  const facts = { format: 1 as const, key: "", counts: { train: 0, validation: 0, test: 0 }, parameters: { total: 0, trained: 0 }, history: [], bestEpoch: 0, stoppedEarly: false, seconds: 0, weightsSha256: "", maps: { height: 0, width: 0, values: "" } };
  const decided = external!.cells.map(({ cell }) => {
    const own = rows.filter((row) => row.cell === cell);
    const tasks = [...new Map(own.map(({ seed, fold }) => [`${seed}/${fold}`, { seed, fold }])).values()];
    return {
      id: cell,
      records: tasks.map(({ seed, fold }) => {
        const record = recordOfRows({ ...facts, cell, seed, fold }, own.filter((row) => row.seed === seed && row.fold === fold));
        return { ...record, predictions: [...decideUnits(record.predictions, unitOf)] };
      }),
    };
  });
  return {
    cells: decided.map(({ id, records }) => {
      const predictions = records.flatMap((record) => record.predictions);
      return { cell: id, performance: performanceOf(predictions, options), kappa: kappaOf(predictions, options) };
    }),
    comparisons: compareCells(decided, options),
  };
}
