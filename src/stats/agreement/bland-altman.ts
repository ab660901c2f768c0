import { checkFinite, checkLevel, checkSameLength, defaultLevel } from "../checks.js";
import { normalCritical, studentCritical } from "../distributions/index.js";
import type { Estimate, StatisticFacts } from "../estimate.js";
import { meanInterval } from "../mean.js";
import type { MeanEstimate } from "../mean.js";
import { collect } from "../resample.js";
import type { Key } from "../resample.js";

export const blandAltmanFacts: StatisticFacts = {
  title: "Limits of agreement",
  summary: "How far two measurements of the same cases lie apart: their mean difference and the range of most differences.",
  formula:
    "bias d̄, limits d̄ ± z s; d̄ ± t s/√n and limit ± t s √(1/n + z²/(2(n − 1))) on n − 1 degrees of freedom; with patients who " +
    "have several cases, s² is the variance between patients' means plus that within, corrected for their number, and the limits' " +
    "intervals use the number of patients",
  methods: ["t"],
  reference:
    "J. M. Bland, D. G. Altman, Stat Methods Med Res 8, 1999, doi:10.1177/096228029900800204; the same, J Biopharm Stat 17, 2007, " +
    "doi:10.1080/10543400701329422 (several cases per patient)",
};

export interface LimitsOfAgreement {
  readonly n: number;
  readonly bias: MeanEstimate;
  readonly lowerLimit: Estimate;
  readonly upperLimit: Estimate;
  /** Standard deviation of a single difference. */
  readonly standardDeviation: number;
  /** Share of differences the limits should hold. */
  readonly share: number;
}

/**
 * Bland and Altman's bias and limits of agreement, first minus second.
 * @param options.share part of the differences between the limits; default 0.95
 * @throws InputError `not-estimable` as meanInterval; `length`, `not-finite`
 * @see worked from the formulas of the 1999 paper
 */
export function blandAltman(
  first: readonly number[],
  second: readonly number[],
  options: { readonly level?: number; readonly share?: number; readonly groups?: readonly Key[] } = {},
): LimitsOfAgreement {
  const level = checkLevel(options.level ?? defaultLevel);
  const share = checkLevel(options.share ?? 0.95);
  const { groups } = options;
  checkSameLength("second measurements", second.length, first.length);
  checkFinite("first measurement", first);
  checkFinite("second measurement", second);
  const differences = first.map((value, i) => value - second[i]!);
  const bias = meanInterval(differences, { level, subject: "bias", ...(groups && { groups }) });
  const clusters = groups ? collect(groups) : differences.map((_, i) => [i]);
  const units = clusters.length;
  const standardDeviation = Math.sqrt(totalVariance(differences, clusters));
  const z = normalCritical(share);
  const half =
    studentCritical(level, units - 1) * standardDeviation * Math.sqrt(1 / units + (z * z) / (2 * (units - 1)));
  const limit = (sign: number): Estimate => {
    const estimate = bias.estimate + sign * z * standardDeviation;
    const method = `Bland-Altman${units < differences.length ? `, ${units} patients` : ""}`;
    return { estimate, lower: estimate - half, upper: estimate + half, level, method, n: differences.length };
  };
  return { n: differences.length, bias, lowerLimit: limit(-1), upperLimit: limit(1), standardDeviation, share };
}

/** Variance of one difference of a new patient: between plus within patients, from one-way analysis of variance. */
function totalVariance(values: readonly number[], clusters: readonly (readonly number[])[]): number {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const count = clusters.length;
  if (count === n) return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  let [between, within] = [0, 0];
  for (const cases of clusters) {
    const own = cases.reduce((sum, i) => sum + values[i]!, 0) / cases.length;
    between += cases.length * (own - mean) ** 2;
    for (const i of cases) within += (values[i]! - own) ** 2;
  }
  const withinMean = within / (n - count);
  const size = (n - clusters.reduce((sum, cases) => sum + cases.length ** 2, 0) / n) / (count - 1);
  return Math.max(0, (between / (count - 1) - withinMean) / size) + withinMean;
}
