import { InputError } from "../../base/index.js";
import { bootstrapIntervals } from "../bootstrap.js";
import type { BootstrapEstimate, BootstrapMethod } from "../bootstrap.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import { choleskyFactor, choleskySolve } from "../linear/cholesky.js";
import type { BinaryLabels } from "../placements.js";
import type { ResamplingPlan } from "../resample.js";
import { checkedPredictions } from "./logits.js";

export const integratedCalibrationFacts: StatisticFacts = {
  title: "Integrated calibration index",
  summary: "Mean distance of the probabilities from a smooth curve of what was observed; no bins to choose.",
  formula:
    "ICI = mean |p − ĉ(p)|, E50 its median, E90 its 90 % quantile, Emax its maximum; ĉ local regression of degree 2 with tricube " +
    "weights over the nearest 75 % of cases, computed at every probability, cut to [0, 1]",
  methods: ["bootstrap"],
  reference: "P. C. Austin, E. W. Steyerberg, Stat Med 38, 2019, doi:10.1002/sim.8281; W. S. Cleveland, J Am Stat Assoc 74, 1979",
};

/**
 * Local regression of the outcome on the probability.
 * @param at where the curve is wanted
 * @param options.span share of the cases that count at each place; default 0.75
 * @returns curve values, not cut
 * @see W. S. Cleveland 1979; checked against R's loess with surface = "direct"
 */
export function smoothCurve(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  at: ArrayLike<number>,
  options: { readonly span?: number; readonly multiplicities?: Float64Array } = {},
): Float64Array {
  const { span = 0.75, multiplicities } = options;
  if (!(span > 0 && span <= 1)) {
    throw new InputError("span", `span: expected a number in (0, 1], got ${span}. 0.75 is usual.`);
  }
  const order = Array.from({ length: x.length }, (_, i) => i)
    .filter((i) => !multiplicities || multiplicities[i]! > 0)
    .sort((a, b) => x[a]! - x[b]!);
  const xs = Float64Array.from(order, (i) => x[i]!);
  const weights = Float64Array.from(order, (i) => multiplicities?.[i] ?? 1);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const wanted = Math.floor(total * span + 1e-5);
  const known = new Map<number, number>();
  return Float64Array.from(at, (x0) => {
    const stored = known.get(x0);
    if (stored !== undefined) return stored;
    const value = localQuadratic(x0, { xs, weights, wanted, outcome: (k) => y[order[k]!]! });
    known.set(x0, value);
    return value;
  });
}

interface Sorted {
  readonly xs: Float64Array;
  readonly weights: Float64Array;
  readonly wanted: number;
  readonly outcome: (k: number) => number;
}

function localQuadratic(x0: number, { xs, weights, wanted, outcome }: Sorted): number {
  // The nearest cases are a stretch of the sorted list that grows from x0 on the nearer side.
  let right = 0;
  while (right < xs.length && xs[right]! < x0) right++;
  let left = right - 1;
  let [count, radius] = [0, 0];
  while (count < wanted && (left >= 0 || right < xs.length)) {
    const toLeft = left >= 0 ? x0 - xs[left]! : Infinity;
    const toRight = right < xs.length ? xs[right]! - x0 : Infinity;
    radius = Math.min(toLeft, toRight);
    count += toLeft <= toRight ? weights[left--]! : weights[right++]!;
  }
  const moments = [0, 0, 0, 0, 0];
  const sums = [0, 0, 0];
  for (let k = 0; k < xs.length; k++) {
    const d = xs[k]! - x0;
    const u = Math.abs(d) / radius;
    if (u >= 1 && !(radius === 0 && d === 0)) continue;
    // R's lowesd gives full weight to the innermost thousandth.
    const w = weights[k]! * (radius === 0 || u < 0.001 ? 1 : (1 - u ** 3) ** 3);
    const z = radius === 0 ? 0 : d / radius;
    for (let power = 0, value = w; power < 5; power++, value *= z) {
      moments[power]! += value;
      if (power < 3) sums[power]! += value * outcome(k);
    }
  }
  for (let degree = 2; degree > 0; degree--) {
    const size = degree + 1;
    const normal = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_row, j) => moments[i + j]!));
    const factor = choleskyFactor(normal);
    if (factor) return choleskySolve(factor, sums.slice(0, size))[0]!;
  }
  return sums[0]! / moments[0]!;
}

export interface IntegratedCalibration {
  /** Integrated calibration index, 0 (best) to 1. */
  readonly index: BootstrapEstimate;
  readonly median: BootstrapEstimate;
  readonly ninetieth: BootstrapEstimate;
  readonly largest: BootstrapEstimate;
}

/**
 * Integrated calibration index and its companions, with bootstrap intervals. The curve takes time with the square of the cases.
 * @throws InputError `not-estimable` without both classes, with fewer than ten cases, and as bootstrapInterval
 * @see checked against R's loess with surface = "direct"
 */
export function integratedCalibration(
  labels: BinaryLabels,
  probabilities: ArrayLike<number>,
  options: Omit<ResamplingPlan, "n"> & {
    readonly level?: number;
    readonly method?: BootstrapMethod;
    readonly span?: number;
  },
): IntegratedCalibration {
  const { truth, p } = checkedPredictions(labels, probabilities, "integrated calibration index");
  if (p.length < 10) {
    throw notEstimable("integrated calibration index", "ten cases or more", `${p.length}`, "Gather more cases.");
  }
  const { span, ...plan } = options;
  const statistics = (multiplicities: Float64Array): readonly number[] => {
    const curve = smoothCurve(p, truth, p, { ...(span !== undefined && { span }), multiplicities });
    const distances: number[] = [];
    curve.forEach((value, i) => {
      const distance = Math.abs(p[i]! - Math.min(1, Math.max(0, value)));
      for (let copy = 0; copy < multiplicities[i]!; copy++) distances.push(distance);
    });
    distances.sort((a, b) => a - b);
    const quantile = (q: number): number => {
      const place = q * (distances.length - 1);
      const low = Math.floor(place);
      const next = distances[Math.min(low + 1, distances.length - 1)]!;
      return distances[low]! + (place - low) * (next - distances[low]!);
    };
    const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
    return [mean, quantile(0.5), quantile(0.9), distances.at(-1)!];
  };
  const [index, median, ninetieth, largest] = bootstrapIntervals(statistics, {
    resamples: 200,
    ...plan,
    n: p.length,
    subject: "integrated calibration index",
  }).map((interval) => interval());
  return { index: index!, median: median!, ninetieth: ninetieth!, largest: largest! };
}
