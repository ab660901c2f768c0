import { checkClassProbabilities } from "../class-auc.js";
import { classIndices } from "../confusion-matrix.js";
import type { ClassLabel } from "../confusion-matrix.js";
import { InputError } from "../../base/index.js";
import type { StatisticFacts } from "../estimate.js";
import { meanInterval } from "../mean.js";
import type { MeanEstimate } from "../mean.js";
import type { BinaryLabels } from "../placements.js";
import type { Key } from "../resample.js";
import { checkedPredictions } from "./logits.js";

export const brierFacts: StatisticFacts = {
  title: "Parts of the Brier score",
  summary: "How much of the Brier score is miscalibration, how much the classes being told apart takes away, and how much is in the cases.",
  formula:
    "Brier = reliability − resolution + uncertainty + rest, over bins b of equal probabilities or equal width: Σ(n_b/n)(p̄_b − ȳ_b)² − " +
    "Σ(n_b/n)(ȳ_b − ȳ)² + ȳ(1 − ȳ); the rest, from probabilities that differ within a bin, is 0 for bins of equal probabilities. " +
    "Scaled: 1 − Brier/(ȳ(1 − ȳ))",
  methods: ["t interval"],
  reference: "A. H. Murphy, J Appl Meteorol 12, 1973; D. B. Stephenson et al., Weather Forecast 23, 2008, doi:10.1175/2007WAF2006116.1 (rest)",
};

export interface BrierDecomposition {
  readonly brier: MeanEstimate;
  /** 0 is best. */
  readonly reliability: number;
  /** Higher is better. */
  readonly resolution: number;
  readonly uncertainty: number;
  readonly rest: number;
  /** 1 is perfect, 0 as good as the share of positives; negative is worse. */
  readonly scaled: number;
}

/**
 * Brier score and its parts.
 * @param options.bins number of equally wide bins; left out, each different probability is a bin
 * @throws InputError `not-estimable` without both classes; `probability`, `bins`
 * @see the parts sum to the score; worked by hand
 */
export function brierDecomposition(
  labels: BinaryLabels,
  probabilities: ArrayLike<number>,
  options: { readonly level?: number; readonly groups?: readonly Key[]; readonly bins?: number } = {},
): BrierDecomposition {
  const { bins, ...rest } = options;
  if (bins !== undefined && (!Number.isSafeInteger(bins) || bins < 1)) {
    throw new InputError("bins", `bins: expected a positive integer, got ${bins}. 10 is usual.`);
  }
  const { truth, p } = checkedPredictions(labels, probabilities, "Brier score");
  const n = truth.length;
  const brier = meanInterval(
    Array.from(truth, (y, i) => (p[i]! - y) ** 2),
    { ...rest, range: [0, 1], subject: "Brier score" },
  );
  const share = truth.reduce((sum, y) => sum + y, 0) / n;
  const sums = new Map<number, { n: number; p: number; y: number }>();
  truth.forEach((y, i) => {
    const key = bins === undefined ? p[i]! : Math.min(bins - 1, Math.floor(p[i]! * bins));
    const bin = sums.get(key) ?? { n: 0, p: 0, y: 0 };
    sums.set(key, { n: bin.n + 1, p: bin.p + p[i]!, y: bin.y + y });
  });
  let [reliability, resolution] = [0, 0];
  for (const bin of sums.values()) {
    reliability += (bin.n / n) * (bin.p / bin.n - bin.y / bin.n) ** 2;
    resolution += (bin.n / n) * (bin.y / bin.n - share) ** 2;
  }
  const uncertainty = share * (1 - share);
  return {
    brier,
    reliability,
    resolution,
    uncertainty,
    rest: brier.estimate - reliability + resolution - uncertainty,
    scaled: 1 - brier.estimate / uncertainty,
  };
}

/**
 * Brier score of several classes: mean of Σₖ(pₖ − yₖ)², 0 (best) to 2.
 * @throws InputError `not-estimable` as meanInterval; `probability`, `length`, `classes`
 */
export function multiclassBrierScore(
  input: {
    readonly labels: readonly ClassLabel[];
    readonly probabilities: readonly ArrayLike<number>[];
    readonly classes: readonly string[];
  },
  options: { readonly level?: number; readonly groups?: readonly Key[] } = {},
): MeanEstimate {
  const truth = classIndices("labels", input.labels, input.classes);
  checkClassProbabilities(input.probabilities, truth.length, input.classes.length);
  const losses = Array.from(truth, (k, i) =>
    Array.from(input.probabilities[i]!).reduce((sum, p, j) => sum + (p - (j === k ? 1 : 0)) ** 2, 0),
  );
  return meanInterval(losses, { ...options, range: [0, 2], subject: "Brier score" });
}
