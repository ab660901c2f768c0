import type { PredictionTable } from "../read-predictions.js";
import type { StudyResults } from "../results.js";
import { compareValues, joined, type Compared } from "./differences.js";

/** Largest sum of single-precision rounding errors that probabilities may leave. */
const sumTolerance = 1e-5;

/** What every table of predictions has to obey, whatever the figures: the rows among themselves and against the study's cases. */
export function checkRows({ rows, labels }: PredictionTable, results: StudyResults): Compared {
  const parts: Compared[] = [compareValues("predictions.csv: classes", results.data.labels, labels)];
  if (results.predictions !== undefined) parts.push(compareValues("results.json: predictions.rows", results.predictions.rows, rows.length));
  const known = new Map<string, { readonly label: number; readonly patient: string | undefined; readonly imageSha256: string | undefined }>();
  const seen = new Set<string>();
  rows.forEach(({ cell, seed, fold, prediction, correct, patient, imageSha256 }, i) => {
    const at = `predictions.csv: row ${i + 2}`;
    const { probabilities, predicted, label } = prediction;
    const sum = probabilities.reduce((total, value) => total + value, 0);
    const isShare = probabilities.every((value) => value >= 0 && value <= 1) && Math.abs(sum - 1) <= sumTolerance;
    parts.push(compareValues(`${at}, sum of probabilities`, isShare ? 1 : sum, 1));
    parts.push(compareValues(`${at}, predicted`, labels[predicted], labels[probabilities.indexOf(Math.max(...probabilities))]));
    parts.push(compareValues(`${at}, correct`, correct, label === predicted));
    const before = known.get(prediction.case);
    if (before === undefined) known.set(prediction.case, { label, patient, imageSha256 });
    else parts.push(compareValues(`${at}, case told twice`, { label, patient, imageSha256 }, before));
    const key = JSON.stringify([cell, seed, prediction.case]);
    parts.push(compareValues(`${at}, times tested by ${cell} with seed ${seed}`, seen.has(key) ? 2 : 1, 1));
    seen.add(key);
    const isPlanned = results.cells.some((one) => one.id === cell && one.folds.some((other) => other.seed === seed && other.fold === fold));
    parts.push(compareValues(`${at}, cell and fold of the study`, isPlanned, true));
  });
  for (const { seed, fold, test, testCounts } of results.folds) {
    const first = results.cells[0]?.id;
    const own = rows.filter((row) => row.cell === first && row.seed === seed && row.fold === fold);
    parts.push(
      compareValues(`results.json: folds, seed ${seed} fold ${fold}`, { test, testCounts }, { test: own.length, testCounts: Object.fromEntries(labels.map((label, k) => [label, own.filter(({ prediction }) => prediction.label === k).length])) }),
    );
  }
  return joined(parts);
}
