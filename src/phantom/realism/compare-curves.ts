import { InputError } from "../../base/index.js";
import type { Curve, RealismMeasure } from "./contract.js";
import { sampleDistance } from "./distances.js";

/** Median and the middle four fifths of a set of images, by place. */
export interface Band {
  readonly x: readonly number[];
  readonly lower: readonly number[];
  readonly median: readonly number[];
  readonly upper: readonly number[];
}

export interface SetComparison {
  /** Mean distance of two different images: both real, both simulated, one of each. */
  readonly withinReal: number;
  readonly withinSimulated: number;
  readonly between: number;
  /**
   * Energy distance over the mean distance within the real set, (2 between - withinReal - withinSimulated) / withinReal:
   * 0 for two samples of one population, 2 or more where any two of a kind are far nearer than two of different kinds.
   */
  readonly excess: number;
  /** Number of each image that sums its curve up: 10 %, 50 % and 90 % over the set. */
  readonly real: readonly [number, number, number];
  readonly simulated: readonly [number, number, number];
  /** Wasserstein distance between the numbers of the two sets, over the middle four fifths of the real ones. */
  readonly numberDistance: number;
  /** Share of simulated images whose number lies within the middle four fifths of the real ones; 0.8 is right. */
  readonly covered: number;
}

/**
 * How far a set of simulated images is from a set of real ones, in terms of the real ones' own variety.
 * @throws InputError `not-estimable` for sets of fewer than two
 * @see G. J. Székely, M. L. Rizzo, Energy statistics, Journal of Statistical Planning and Inference 143, 2013
 */
export function compareCurves(real: readonly Curve[], simulated: readonly Curve[], measure: RealismMeasure): SetComparison {
  if (real.length < 2 || simulated.length < 2) {
    throw new InputError("not-estimable", `comparison: expected two images or more of either kind, got ${real.length} real and ${simulated.length} simulated. Add images.`);
  }
  const withinReal = meanWithin(real, measure.distance);
  const withinSimulated = meanWithin(simulated, measure.distance);
  const pairs = real.flatMap((a) => simulated.map((b) => measure.distance(a, b)));
  const between = meanOf(pairs);
  const [numbers, made] = [real, simulated].map((set) => set.map(measure.number.of)) as [number[], number[]];
  const [low, middle, high] = spread(numbers);
  return {
    withinReal,
    withinSimulated,
    between,
    excess: (2 * between - withinReal - withinSimulated) / withinReal,
    real: [low, middle, high],
    simulated: spread(made),
    numberDistance: sampleDistance(numbers, made) / (high - low),
    covered: meanOf(made.map((value) => (value >= low && value <= high ? 1 : 0))),
  };
}

/** Median and 10 to 90 % of the curves at each place. */
export function bandOf(curves: readonly Curve[]): Band {
  const x = curves[0]!.x;
  const columns = x.map((_, i) => spread(curves.map(({ y }) => y[i]!)));
  return { x, lower: columns.map((c) => c[0]), median: columns.map((c) => c[1]), upper: columns.map((c) => c[2]) };
}

function meanWithin(set: readonly Curve[], distance: RealismMeasure["distance"]): number {
  const pairs = set.flatMap((a, i) => set.slice(i + 1).map((b) => distance(a, b)));
  return meanOf(pairs);
}

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** 10 %, 50 % and 90 % of a sample, between order statistics (Hyndman and Fan's type 7). */
function spread(values: readonly number[]): [number, number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const i = Math.floor(place);
    return sorted[i]! + (place - i) * ((sorted[i + 1] ?? sorted[i]!) - sorted[i]!);
  };
  return [at(0.1), at(0.5), at(0.9)];
}
