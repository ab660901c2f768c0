import type { AggregateOptions } from "../aggregate.js";
import type { HonestCell } from "../leaks/contract.js";
import { compareHonest } from "../leaks/honest.js";
import { patientOfRows, type PredictionTable } from "../read-predictions.js";
import type { StudyResults } from "../results.js";
import { recordsOfCell } from "./records-of-cell.js";

/** The honest figures beside those of an accepted leak again, from `predictions.csv` and `honest.csv`. */
export function recomputeHonest({ cells, level, folds, data }: StudyResults, leaky: PredictionTable, honest: PredictionTable): HonestCell[] {
  const options: AggregateOptions = { labels: data.labels, level, patientOf: patientOfRows(leaky.rows), seed: folds[0]!.seed };
  const records = (table: PredictionTable) => new Map(cells.map(({ id }) => [id, recordsOfCell(id, table)]));
  return compareHonest(records(leaky), records(honest), options);
}
