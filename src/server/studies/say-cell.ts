import type { Cell, CellSummary } from "../contract/studies.js";
import { nameOfCell, type CellResult } from "../../study/index.js";

/** A row of the study's table, as the contract has it. */
export function sayCellSummary(cell: CellResult): CellSummary {
  return {
    ...nameOfCell(cell),
    parameters: cell.parameters,
    cases: cell.pooled.cases,
    accuracy: cell.pooled.accuracy,
    macro: cell.pooled.macro,
    ...(cell.kappa && { kappa: cell.kappa }),
    ...(cell.relevance && { relevance: cell.relevance }),
    overFolds: cell.overFolds,
    seconds: cell.seconds,
  } as unknown as CellSummary;
}

/** All of a cell: what the run's results hold, with the names of its models. */
export function sayCell(cell: CellResult, models: readonly { readonly id: string; readonly path: string }[]): Cell {
  const idOf = new Map(models.map(({ id, path }) => [path, id]));
  const { pooled, calibration, decisions, settings } = cell;
  return {
    ...sayCellSummary(cell),
    pooled,
    folds: cell.folds.map((fold) => ({ ...fold, model: fold.model && idOf.has(fold.model.file) ? { id: idOf.get(fold.model.file)!, sha256: fold.model.sha256 } : undefined })),
    ...(calibration && { calibration }),
    ...(decisions && { decisions }),
    settings,
  } as unknown as Cell;
}
