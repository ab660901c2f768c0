import { nameOfCell, type AggregateOptions } from "../aggregate.js";
import { decideUnits } from "../analysis/decide-units.js";
import { measureStudy, type StudyFigures } from "../analysis/measure-study.js";
import { patientOfRows, recordOfRows, subgroupsOfRows, unitOfRows, type PredictionTable } from "../read-predictions.js";
import type { CellResult, StudyResults } from "../results.js";
import { withSearchFigures, type FoldPredictions } from "../search/search-figures.js";

/** What a cell's figures say beside those that follow from predictions. */
const factsOfFold = ({ seed, fold, counts, history, bestEpoch, stoppedEarly, seconds, idleShare, skippedSteps, weightsSha256, model }: CellResult["folds"][number]) => ({
  format: 1 as const,
  key: "",
  seed,
  fold,
  counts: { ...counts },
  history: history.map((epoch) => ({ ...epoch })),
  bestEpoch,
  stoppedEarly,
  seconds,
  ...(idleShare !== undefined && { idleShare }),
  ...(skippedSteps !== undefined && { skippedSteps }),
  weightsSha256,
  ...(model && { model: { ...model } }),
  maps: { height: 0, width: 0, values: "" },
});

/** Every figure of the study again, from the table of predictions; what is no figure (settings, times, checksums) is taken from the results. */
export function recomputeFigures(results: StudyResults, { rows }: PredictionTable): StudyFigures & Pick<StudyResults, "search"> {
  const unitOf = unitOfRows(rows);
  const measured = results.cells.map((cell) => ({
    facts: { ...nameOfCell(cell), startWeights: cell.startWeights, settings: cell.settings },
    records: cell.folds.map((fold) =>
      recordOfRows(
        { ...factsOfFold(fold), cell: cell.id, parameters: { ...cell.parameters } },
        rows.filter((row) => row.cell === cell.id && row.seed === fold.seed && row.fold === fold.fold),
      ),
    ),
  }));
  const options: AggregateOptions = {
    labels: results.data.labels,
    level: results.level,
    patientOf: patientOfRows(rows),
    ...(unitOf && { unitOf }),
    seed: results.folds[0]!.seed,
  };
  const predictions = new Map(
    measured.map(({ facts, records }) => [
      facts.id,
      records.map(({ seed, fold, counts: { train, test }, predictions: own }): FoldPredictions => ({ seed, fold, train, test, predictions: decideUnits(own, unitOf) })),
    ]),
  );
  return {
    ...measureStudy(measured, subgroupsOfRows(rows), options),
    ...(results.search && { search: withSearchFigures(results.search, predictions, options) }),
  };
}
