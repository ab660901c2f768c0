import { coordinateOf, type Parameter, type SearchSpace } from "./space.js";
import { latestResults, type TrialResult } from "./trial.js";

/** How much of the scores a parameter explains by itself. */
export interface ParameterImportance {
  readonly parameter: string;
  /** Adjusted share of the variance, in [0, 1]; undefined where trials are too few or all score alike. */
  readonly share: number | undefined;
  /** Trials in which it was active and that were trained equally far. */
  readonly trials: number;
}

/** Solves a small symmetric system by elimination with pivoting; undefined where it is singular. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | undefined {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    const pivot = rows.reduce((best, row, i) => (i >= k && Math.abs(row[k]!) > Math.abs(rows[best]![k]!) ? i : best), k);
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    if (Math.abs(rows[k]![k]!) < 1e-9) return undefined;
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = rows[i]![k]! / rows[k]![k]!;
      for (let j = k; j <= n; j++) rows[i]![j]! -= factor * rows[k]![j]!;
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}

/** Regressors of one value: 1, x, x² for a number; one indicator per entry of a list. */
function regressors(parameter: Parameter, value: TrialResult["settings"][string]): number[] {
  if ("choice" in parameter) return parameter.choice.map((entry) => (entry === value ? 1 : 0));
  const x = 2 * coordinateOf(parameter, value) - 1;
  return [1, x, x * x];
}

/** Adjusted R² of least squares, no less than 0; undefined without freedom or spread. */
function explainedShare(rows: readonly (readonly number[])[], scores: readonly number[]): number | undefined {
  const used = rows[0]?.map((_, j) => j).filter((j) => rows.some((row) => row[j] !== 0)) ?? [];
  const x = rows.map((row) => used.map((j) => row[j]!));
  const [n, p] = [scores.length, used.length];
  const mean = scores.reduce((sum, score) => sum + score, 0) / n;
  const total = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
  if (n - p < 2 || !(total > 0)) return undefined;
  const beta = solve(
    used.map((_, i) => used.map((__, j) => x.reduce((sum, row) => sum + row[i]! * row[j]!, 0))),
    used.map((_, i) => x.reduce((sum, row, k) => sum + row[i]! * scores[k]!, 0)),
  );
  if (beta === undefined) return undefined;
  const residual = x.reduce((sum, row, k) => sum + (scores[k]! - row.reduce((fit, value, j) => fit + value * beta[j]!, 0)) ** 2, 0);
  return Math.min(1, Math.max(0, 1 - residual / (n - p) / (total / (n - 1))));
}

/**
 * Share of the variance of the scores that each parameter explains alone, by a parabola over its range or by the means of its entries,
 * adjusted for the number of terms: 1 - (RSS / (n - p)) / (TSS / (n - 1)). Only trials that were trained equally far are compared (the
 * resource that most reached); interactions are not seen.
 */
export function parameterImportance(space: SearchSpace, results: readonly TrialResult[]): ParameterImportance[] {
  const counts = new Map<number, number>();
  for (const { resource, score } of results) if (score !== undefined) counts.set(resource, (counts.get(resource) ?? 0) + 1);
  const resource = [...counts].sort(([a, m], [b, n]) => n - m || b - a)[0]?.[0];
  const compared = latestResults(results.filter((result) => result.resource === resource)).filter(({ score }) => score !== undefined);
  return Object.entries(space).map(([name, parameter]) => {
    const own = compared.filter(({ settings }) => Object.hasOwn(settings, name));
    return { parameter: name, trials: own.length, share: explainedShare(own.map(({ settings }) => regressors(parameter, settings[name]!)), own.map(({ score }) => score!)) };
  });
}
