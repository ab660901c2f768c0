import { checkFinite, checkLevel, checkSameLength, defaultLevel } from "../checks.js";
import { fQuantile, fUpperP } from "../distributions/index.js";
import { notEstimable } from "../estimate.js";
import type { Estimate, StatisticFacts } from "../estimate.js";

export const intraclassFacts: StatisticFacts = {
  title: "Intraclass correlation",
  summary: "Agreement of several raters on a measured value: the share of the variance that lies between cases.",
  formula:
    "from mean squares of cases R, raters C, error E and within cases W, n cases by k raters: one-way (R − W)/(R + (k − 1)W); " +
    "consistency (R − E)/(R + (k − 1)E); agreement (R − E)/(R + (k − 1)E + k(C − E)/n); of the mean of k raters (R − W)/R, " +
    "(R − E)/R, (R − E)/(R + (C − E)/n); limits from F quantiles, for agreement with Satterthwaite's degrees of freedom",
  methods: ["agreement", "consistency", "one-way"],
  reference: "K. O. McGraw, S. P. Wong, Psychol Methods 1, 1996, doi:10.1037/1082-989X.1.1.30; P. E. Shrout, J. L. Fleiss, Psychol Bull 86, 1979",
};

export interface IntraclassOptions {
  readonly level?: number;
  /**
   * "agreement": raters are a sample and their offsets count as disagreement, ICC(A); "consistency": offsets do not count, ICC(C);
   * "one-way": each case has raters of its own, ICC(1). Default "agreement".
   */
  readonly model?: "agreement" | "consistency" | "one-way";
  /** Whether the reliability of one rater or of the mean of all is asked for. Default "single". */
  readonly unit?: "single" | "average";
}

export interface IntraclassEstimate extends Estimate {
  readonly f: number;
  readonly degreesOfFreedom: readonly [number, number];
  /** One-sided test that the correlation is above 0. */
  readonly p: number;
  readonly raters: number;
}

/**
 * Intraclass correlation of complete ratings.
 * @param values values[case][rater]
 * @returns at most 1, higher is better
 * @throws InputError `not-estimable` with fewer than two cases or raters, or without any variance; `length`, `not-finite`
 * @see checked against Shrout and Fleiss 1979, table 4, and formulas of R's irr
 */
export function intraclassCorrelation(
  values: readonly (readonly number[])[],
  options: IntraclassOptions = {},
): IntraclassEstimate {
  const level = checkLevel(options.level ?? defaultLevel);
  const { model = "agreement", unit = "single" } = options;
  const n = values.length;
  const k = values[0]?.length ?? 0;
  if (n < 2 || k < 2) {
    throw notEstimable("intraclass correlation", "two cases and two raters", `${n} and ${k}`, "Have more measured.");
  }
  values.forEach((row, i) => {
    checkSameLength(`values of case ${i}`, row.length, k);
    checkFinite(`value of case ${i}, rater`, row);
  });
  const { r, c, e, w } = meanSquares(values);
  const error = model === "one-way" ? w : e;
  if (!(error > 1e-14 * (r + c + w))) {
    throw notEstimable("intraclass correlation", "raters that differ", "none that do", "Report that all values agree.");
  }
  const df1 = n - 1;
  const df2 = model === "one-way" ? n * (k - 1) : (n - 1) * (k - 1);
  const f = r / error;
  const extra = model === "agreement" ? (k * (c - e)) / n : 0;
  const single = (r - error) / (r + (k - 1) * error + extra);
  const average = (value: number): number => (k * value) / (1 + (k - 1) * value);
  const tail = (1 + level) / 2;
  let [lower, upper] = [0, 0];
  if (model === "agreement") {
    const a = (k * single) / (n * (1 - single));
    const b = 1 + (k * single * (n - 1)) / (n * (1 - single));
    const v = (a * c + b * e) ** 2 / ((a * c) ** 2 / (k - 1) + (b * e) ** 2 / ((n - 1) * (k - 1)));
    const [fl, fu] = [fQuantile(tail, df1, v), fQuantile(tail, v, df1)];
    const mixed = k * c + (k * n - k - n) * e;
    lower = (n * (r - fl * e)) / (fl * mixed + n * r);
    upper = (n * (fu * r - e)) / (mixed + n * fu * r);
  } else {
    const [fl, fu] = [f / fQuantile(tail, df1, df2), f * fQuantile(tail, df2, df1)];
    lower = (fl - 1) / (fl + k - 1);
    upper = (fu - 1) / (fu + k - 1);
  }
  const label = model === "one-way" ? "1" : model === "consistency" ? "C" : "A";
  const scale = unit === "average" ? average : (value: number): number => value;
  return {
    estimate: scale(single),
    lower: scale(lower),
    upper: scale(upper),
    level,
    method: `ICC(${label},${unit === "average" ? k : 1}), F`,
    n,
    f,
    degreesOfFreedom: [df1, df2],
    p: fUpperP(f, df1, df2),
    raters: k,
  };
}

function meanSquares(values: readonly (readonly number[])[]): { r: number; c: number; e: number; w: number } {
  const [n, k] = [values.length, values[0]!.length];
  const caseMeans = values.map((row) => row.reduce((sum, value) => sum + value, 0) / k);
  const raterMeans = values[0]!.map((_, j) => values.reduce((sum, row) => sum + row[j]!, 0) / n);
  const mean = caseMeans.reduce((sum, value) => sum + value, 0) / n;
  const squares = (list: readonly number[]): number => list.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const [between, raters] = [k * squares(caseMeans), n * squares(raterMeans)];
  let [within, residual] = [0, 0];
  values.forEach((row, i) =>
    row.forEach((value, j) => {
      within += (value - caseMeans[i]!) ** 2;
      residual += (value - caseMeans[i]! - raterMeans[j]! + mean) ** 2;
    }),
  );
  return {
    r: between / (n - 1),
    c: raters / (k - 1),
    e: residual / ((n - 1) * (k - 1)),
    w: within / (n * (k - 1)),
  };
}
