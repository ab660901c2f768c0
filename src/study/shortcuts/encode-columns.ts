import type { Column } from "./contract.js";

/** Features of all cases, row by row; each of mean 0 and, where it varies enough, variance 1. */
export interface Features {
  readonly values: Float64Array;
  readonly cases: number;
  readonly width: number;
}

/** Knots of the curve over a number, as shares of its distinct values. */
const knotShares = [0, 0.25, 0.5, 0.75, 1];
/** Curves count less than the number itself, so that a plain dependence is followed plainly. */
const curveWeight = 0.4;
/** Numbers further from the mean than this many deviations count as this far. */
const furthest = 4;
/** Words that are looked at, the most frequent first, and how many cases must have one. */
const words = { most: 12, least: 2 };
/** Deviation below which a feature is not blown up: one case in fifty. */
const leastDeviation = 0.14;

/**
 * Turns columns into features without looking at any label: a number becomes itself and (unless `linear`) its rank and a
 * curve of hat functions over its quantiles, so that a ridge regression can follow any smooth dependence; what does not apply
 * becomes the mean and a feature that says so; a word becomes one feature for each frequent value.
 */
export function encodeColumns(columns: readonly Column[], options: { readonly linear?: boolean } = {}): Features {
  const features: Float64Array[] = [];
  const add = (values: Float64Array, weight = 1): void => {
    const scaled = standardize(values);
    if (scaled !== undefined) features.push(scaled.map((value) => weight * value));
  };
  for (const { values, logarithm } of columns) {
    if (values.some((value) => typeof value === "string")) {
      for (const indicator of indicators(values as readonly string[])) add(indicator);
      continue;
    }
    const numbers = logarithm === true ? (values as readonly number[]).map(Math.log) : (values as readonly number[]);
    const filled = fillMissing(numbers);
    add(filled);
    if (options.linear === true) continue;
    add(ranksOf(filled));
    if (numbers.some(Number.isNaN)) add(Float64Array.from(numbers, (value) => (Number.isNaN(value) ? 1 : 0)));
    for (const hat of hats(filled)) add(hat, curveWeight);
  }
  const cases = columns[0]?.values.length ?? 0;
  const matrix = new Float64Array(cases * features.length);
  features.forEach((feature, j) => feature.forEach((value, i) => (matrix[i * features.length + j] = value)));
  return { values: matrix, cases, width: features.length };
}

function fillMissing(values: readonly number[]): Float64Array {
  const known = values.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
  return Float64Array.from(values, (value) => (Number.isNaN(value) ? mean : value));
}

/** Mean 0 and variance 1, far values drawn in; undefined where nothing varies. */
function standardize(values: Float64Array): Float64Array | undefined {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  if (!(deviation > 1e-9 * (1 + Math.abs(mean)))) return undefined;
  const drawn = values.map((value) => Math.min(furthest, Math.max(-furthest, (value - mean) / deviation)));
  const again = drawn.reduce((sum, value) => sum + value, 0) / values.length;
  return drawn.map((value) => value - again);
}

/** Places in the order, equal values sharing the middle of theirs. */
function ranksOf(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let i = 0; i < order.length; ) {
    let j = i;
    while (j < order.length && values[order[j]!] === values[order[i]!]) j += 1;
    for (let k = i; k < j; k++) ranks[order[k]!] = (i + j - 1) / 2;
    i = j;
  }
  return ranks;
}

/** Piecewise linear functions that are 1 at one knot and 0 at the others. */
function hats(values: Float64Array): Float64Array[] {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  if (distinct.length < 3) return [];
  const knots = [...new Set(knotShares.map((share) => distinct[Math.round(share * (distinct.length - 1))]!))];
  return knots.map((knot, k) => {
    const [before, after] = [knots[k - 1], knots[k + 1]];
    return values.map((value) => {
      if (value === knot) return 1;
      if (value < knot) return before === undefined ? 1 : Math.max(0, (value - before) / (knot - before));
      return after === undefined ? 1 : Math.max(0, (after - value) / (after - knot));
    });
  });
}

function indicators(values: readonly string[]): Float64Array[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const frequent = [...counts].filter(([, count]) => count >= words.least && count < values.length).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  // A rare word is made no larger than one of a case in fifty: it would rule the regression of a fold that has it once.
  return frequent.slice(0, words.most).map(([word, count]) => {
    const share = count / values.length;
    const damp = Math.min(1, Math.sqrt(share * (1 - share)) / leastDeviation);
    return Float64Array.from(values, (value) => (value === word ? damp : 0));
  });
}
