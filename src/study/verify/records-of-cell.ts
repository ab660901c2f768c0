import { decideUnits } from "../analysis/decide-units.js";
import { recordOfRows, unitOfRows, type PredictionTable } from "../read-predictions.js";
import type { TaskRecord } from "../task-record.js";

/** What a record says beside its predictions: nothing that figures need. */
const facts = { format: 1 as const, key: "", counts: { train: 0, validation: 0, test: 0 }, parameters: { total: 0, trained: 0 }, history: [], bestEpoch: 0, stoppedEarly: false, seconds: 0, weightsSha256: "", maps: { height: 0, width: 0, values: "" } };

/** A cell's records of a table of predictions, one per seed and fold, decided by unit. */
export function recordsOfCell(cell: string, { rows }: Pick<PredictionTable, "rows">): TaskRecord[] {
  const unitOf = unitOfRows(rows);
  const own = rows.filter((row) => row.cell === cell);
  const tasks = [...new Map(own.map(({ seed, fold }) => [`${seed}/${fold}`, { seed, fold }])).values()];
  return tasks.map(({ seed, fold }) => {
    const record = recordOfRows({ ...facts, cell, seed, fold }, own.filter((row) => row.seed === seed && row.fold === fold));
    return { ...record, predictions: [...decideUnits(record.predictions, unitOf)] };
  });
}
