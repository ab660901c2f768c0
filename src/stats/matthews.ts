import { checkLevel, defaultLevel } from "./checks.js";
import { checkSquareCounts } from "./confusion-matrix.js";
import { normalCritical } from "./distributions/index.js";
import { notEstimable } from "./estimate.js";
import type { StatisticFacts } from "./estimate.js";
import { multinomialVariance } from "./wald.js";
import type { WaldEstimate } from "./wald.js";

export const matthewsFacts: StatisticFacts = {
  title: "Matthews correlation",
  summary: "Correlation of truth and call, for two or more classes: 1 where all agree, 0 by chance.",
  formula:
    "R = (c n − Σ tₖ pₖ)/√((n² − Σ pₖ²)(n² − Σ tₖ²)), c right calls, tₖ cases of and pₖ calls for class k; interval " +
    "tanh(atanh R ± z SE/(1 − R²)), SE by the delta method for multinomial counts",
  methods: ["fisher-z"],
  reference:
    "J. Gorodkin, Comput Biol Chem 28, 2004, doi:10.1016/j.compbiolchem.2004.09.006; Y. Itaya et al., Stat Med 44, 2025, " +
    "doi:10.1002/sim.10303 (interval)",
};

/**
 * Matthews correlation coefficient of a confusion matrix, Gorodkin's R for more than two classes.
 * @param counts counts[true][called]
 * @returns in [-1, 1], higher is better
 * @throws InputError `not-estimable` where all cases are of one class or called so, and at 1 or -1, which have no spread
 * @see for two classes the variance equals that of phi in Bishop, Fienberg and Holland 1975, section 11.3
 */
export function matthewsCorrelation(
  counts: readonly (readonly number[])[],
  options: { readonly level?: number } = {},
): WaldEstimate {
  const level = checkLevel(options.level ?? defaultLevel);
  const { n, rows, columns } = checkSquareCounts(counts);
  const subject = "Matthews correlation";
  const [t, p] = [rows.map((value) => value / n), columns.map((value) => value / n)];
  const right = counts.reduce((sum, row, k) => sum + row[k]!, 0) / n;
  const covariance = right - t.reduce((sum, value, k) => sum + value * p[k]!, 0);
  const [varianceT, varianceP] = [t, p].map((shares) => 1 - shares.reduce((sum, value) => sum + value * value, 0)) as [
    number,
    number,
  ];
  if (!(varianceT > 0 && varianceP > 0)) {
    throw notEstimable(subject, "at least two classes in truth and calls", "one", "Gather cases of another class.");
  }
  const scale = Math.sqrt(varianceT * varianceP);
  const estimate = covariance / scale;
  if (1 - Math.abs(estimate) < 1e-12) {
    throw notEstimable(subject, "calls that are neither all right nor all wrong", `${estimate}`, "Report the accuracy.");
  }
  const gradient = counts.flatMap((row, i) =>
    row.map(
      (_, j) =>
        ((i === j ? 1 : 0) - p[i]! - t[j]!) / scale + estimate * (t[i]! / varianceT + p[j]! / varianceP),
    ),
  );
  const shares = counts.flatMap((row) => row.map((value) => value / n));
  const standardError = Math.sqrt(multinomialVariance(shares, gradient, n));
  const half = (normalCritical(level) * standardError) / (1 - estimate * estimate);
  const center = Math.atanh(estimate);
  return {
    estimate,
    lower: Math.tanh(center - half),
    upper: Math.tanh(center + half),
    level,
    method: "delta method on Fisher's z",
    n,
    standardError,
  };
}
