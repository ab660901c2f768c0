import { splitConformal } from "../../stats/index.js";
import type { PredictionRow } from "../../study/index.js";

/** Share of cases whose set holds the true label. */
export const conformalLevel = 0.9;

/** Fewest cases that a set is calibrated on. */
const fewest = 20;

/**
 * Conformal sets of the rows of one cell and seed: those of a fold are calibrated on the other folds, so that no case says
 * anything of itself. Undefined for rows of a single fold, and where too few cases are left.
 */
export function conformalSets(rows: readonly PredictionRow[]): ReadonlyMap<PredictionRow, readonly number[]> {
  const sets = new Map<PredictionRow, readonly number[]>();
  for (const fold of new Set(rows.map((row) => row.fold))) {
    const others = rows.filter((row) => row.fold !== fold);
    if (others.length < fewest) continue;
    const predictor = splitConformal({ truth: others.map(({ prediction }) => prediction.label), probabilities: others.map(({ prediction }) => prediction.probabilities) }, { alpha: 1 - conformalLevel });
    for (const row of rows) if (row.fold === fold) sets.set(row, predictor.predict(row.prediction.probabilities));
  }
  return sets;
}
