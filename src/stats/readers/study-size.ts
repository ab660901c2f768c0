import { InputError } from "../../base/index.js";
import { fQuantile, noncentralFUpperP } from "../distributions/index.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import type { ReaderStudyResult } from "./obuchowski-rockette.js";

export const readerStudySizeFacts: StatisticFacts = {
  title: "Size of a reader study",
  summary: "Readers and cases that a study of two modalities needs, from the variances of an earlier study.",
  formula:
    "with s = pilot cases/cases: D = σ²(TR) + s(σ² − Cov1 + (J − 1) max(Cov2 − Cov3, 0)), λ = J d²/(2D), df₂ = D²/((σ²(TR) + s(σ² − " +
    "Cov1 − max(Cov2 − Cov3, 0)))²/(J − 1)); power = P(F(1, df₂; λ) > F₁₋α(1, df₂))",
  methods: ["random readers and cases"],
  reference: "S. L. Hillis, N. A. Obuchowski, K. S. Berbaum, Acad Radiol 18, 2011, doi:10.1016/j.acra.2010.09.007",
};

/** What is known from an earlier study; the variances of error are those with `pilotCases` cases. */
export interface PilotVariances {
  readonly interaction: number;
  readonly error: number;
  readonly cov1: number;
  readonly cov2: number;
  readonly cov3: number;
  readonly pilotCases: number;
}

/** The variances of a study that was analysed, for planning the next one. A negative variance of interaction counts as 0. */
export function pilotVariances(result: ReaderStudyResult): PilotVariances {
  const { error, cov1, cov2, cov3 } = result.covariances;
  return { interaction: Math.max(0, result.components.interaction), error, cov1, cov2, cov3, pilotCases: result.cases };
}

export interface ReaderStudyPlan {
  readonly pilot: PilotVariances;
  /** The difference of the two modalities that shall be found. */
  readonly effect: number;
  /** Two-sided error of the first kind; default 0.05. */
  readonly alpha?: number;
}

/**
 * Power of a factorial study of two modalities.
 * @returns in [alpha, 1]
 * @throws InputError `plan` with fewer than two readers, no case or no effect
 * @see checked against R's pf with ncp
 */
export function readerStudyPower(plan: ReaderStudyPlan, size: { readonly readers: number; readonly cases: number }): number {
  const { pilot, effect, alpha = 0.05 } = plan;
  const { readers, cases } = size;
  if (!(readers >= 2 && cases >= 2 && effect !== 0 && Number.isFinite(effect) && alpha > 0 && alpha < 1)) {
    throw new InputError(
      "plan",
      `plan: expected two readers and cases or more, an effect and alpha in (0, 1), got ${readers}, ${cases}, ${effect} and ${alpha}. Mend the plan.`,
    );
  }
  const scale = pilot.pilotCases / cases;
  const common = Math.max(0, pilot.cov2 - pilot.cov3);
  const own = pilot.interaction + scale * Math.max(0, pilot.error - pilot.cov1 - common);
  const denominator = own + readers * scale * common;
  const df2 = own > 0 ? Math.min(1e6, (readers - 1) * (denominator / own) ** 2) : 1e6;
  return noncentralFUpperP(fQuantile(1 - alpha, 1, df2), 1, df2, (readers * effect * effect) / (2 * denominator));
}

export interface ReaderStudySize {
  readonly readers: number;
  readonly cases: number;
  readonly power: number;
}

/**
 * The fewest cases for each number of readers that reach a power.
 * @returns one row per number of readers for which some number of cases up to `largestCases` suffices
 * @throws InputError `not-estimable` when none suffices
 */
export function readerStudySizes(
  plan: ReaderStudyPlan,
  options: {
    readonly power?: number;
    readonly readers?: readonly number[];
    readonly largestCases?: number;
  } = {},
): ReaderStudySize[] {
  const { power = 0.8, readers = [3, 4, 5, 6, 8, 10, 12, 15, 20], largestCases = 10_000 } = options;
  const rows = readers.flatMap((count): ReaderStudySize[] => {
    const reached = (cases: number): number => readerStudyPower(plan, { readers: count, cases });
    if (reached(largestCases) < power) return [];
    let [low, high] = [1, largestCases];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (middle >= 2 && reached(middle) >= power) high = middle;
      else low = middle;
    }
    return [{ readers: count, cases: high, power: reached(high) }];
  });
  if (rows.length === 0) {
    throw notEstimable(
      "reader study",
      `a power of ${power} with at most ${largestCases} cases`,
      "less with all numbers of readers",
      "Plan more readers or a larger effect.",
    );
  }
  return rows;
}
