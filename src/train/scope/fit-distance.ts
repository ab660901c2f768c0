import { distanceOf, featureCount, type DistanceFacts, type DistanceFit, type FeatureChoice } from "../../models/index.js";
import { principalDirections, project } from "./principal-directions.js";
import { fitThreshold } from "./fit-threshold.js";

export interface FitDistanceOptions {
  readonly choice: FeatureChoice;
  /** Features of cases that the network was trained on, [D] each. */
  readonly training: readonly Float32Array[];
  /** Who each training case belongs to: one group is never measured against itself. */
  readonly groups?: readonly string[];
  /** Features of cases that it was not trained on and that are no test cases. */
  readonly heldOut: readonly Float32Array[];
  /** Share of in-scope images that may be refused at most. */
  readonly falseRefusalRate: number;
}

export interface FittedDistance {
  readonly fit: DistanceFit;
  readonly facts: DistanceFacts;
  /** Distances of the cases the threshold was fitted on. */
  readonly distances: readonly number[];
}

/** Fewest cases a distance is fitted on: below it, nothing is known of how images of the kind vary. */
export const fewestForDistance = 12;
/** Fewest held-out cases that the threshold is fitted on alone. */
const fewestHeldOut = 20;
const mostDirections = 16;
const crossFolds = 5;
/** Variance of a feature counts as this share of its layer's mean at least: a channel that is silent in training says little. */
const leastShare = 0.1;

interface Scaling {
  readonly center: Float64Array;
  readonly weight: Float64Array;
}

/** Centers features and gives every layer the same total variance. */
function scalingOf(rows: readonly ArrayLike<number>[], { channels }: FeatureChoice): Scaling {
  const d = rows[0]!.length;
  const center = new Float64Array(d);
  const variance = new Float64Array(d);
  for (const row of rows) for (let j = 0; j < d; j++) center[j]! += row[j]! / rows.length;
  for (const row of rows) for (let j = 0; j < d; j++) variance[j]! += (row[j]! - center[j]!) ** 2 / rows.length;
  const weight = new Float64Array(d);
  let at = 0;
  for (const count of channels) {
    const mean = variance.subarray(at, at + count).reduce((sum, value) => sum + value, 0) / count;
    for (let j = at; j < at + count; j++) weight[j] = mean > 0 ? 1 / Math.sqrt(count * (variance[j]! + leastShare * mean)) : 0;
    at += count;
  }
  return { center, weight };
}

interface Region extends Scaling {
  readonly vectors: Float64Array;
  readonly variances: Float64Array;
}

function regionOf(rows: readonly ArrayLike<number>[], choice: FeatureChoice): Region {
  const scaling = scalingOf(rows, choice);
  const { vectors, variances } = principalDirections(rows.map((row) => scaled(row, scaling)), Math.max(1, Math.min(mostDirections, Math.floor(rows.length / 3), Math.floor(scaling.center.length / 3))));
  return { ...scaling, vectors, variances };
}

function scaled(row: ArrayLike<number>, { center, weight }: Scaling): Float64Array {
  return Float64Array.from(center, (middle, j) => (row[j]! - middle) * weight[j]!);
}

/** Mean square of a case along the directions, in units of their variance, and its square across them. */
function readings(row: ArrayLike<number>, region: Region): { along: number; across: number } {
  const z = scaled(row, region);
  const k = region.variances.length;
  const u = project(z, region.vectors, k);
  const length = z.reduce((sum, value) => sum + value * value, 0);
  const least = leastVariance(region);
  return { along: u.reduce((sum, value, i) => sum + value ** 2 / Math.max(least, region.variances[i]!), 0) / k, across: Math.max(0, length - u.reduce((sum, value) => sum + value * value, 0)) };
}

/** Directions that hardly vary are not divided by next to nothing. */
function leastVariance({ variances }: Region): number {
  return Math.max(1e-12, 1e-3 * variances[0]!);
}

/** What a fifth of the cases looks like from the other four: groups whole. */
function crossReadings(rows: readonly Float32Array[], groups: readonly string[], choice: FeatureChoice): { along: number; across: number }[] {
  const names = [...new Set(groups)];
  const foldOf = new Map(names.map((name, i) => [name, i % Math.min(crossFolds, names.length)]));
  const results = Array.from({ length: rows.length }, () => ({ along: 0, across: 0 }));
  for (let fold = 0; fold < Math.min(crossFolds, names.length); fold++) {
    const others = rows.filter((_, i) => foldOf.get(groups[i]!) !== fold);
    if (others.length < 3) return rows.map((row) => readings(row, regionOf(rows, choice)));
    const region = regionOf(others, choice);
    rows.forEach((row, i) => {
      if (foldOf.get(groups[i]!) === fold) results[i] = readings(row, region);
    });
  }
  return results;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Fits how far images lie from those a network was trained on: along the main directions of its features in units of
 * their variance, and across them. Both parts count alike, being scaled by what cases show that were left out of the fit:
 * distance^2 = (T^2 / mean T^2 + Q / mean Q) / 2. The threshold is fitted on cases held out of training, where there are 20,
 * else on the training cases, each seen from the others.
 * @returns undefined where there are too few cases, or nothing varies
 * @see Mahalanobis distance in features: K. Lee et al., NeurIPS 2018; T^2 and Q: J. E. Jackson and G. S. Mudholkar, "Control procedures for residuals associated with principal component analysis", Technometrics 1979; their sum: H. H. Yue and S. J. Qin, Ind. Eng. Chem. Res. 2001; as a detector in features: I. Ndiour et al., arXiv 2012.04250
 */
export function fitDistance({ choice, training, groups = training.map((_, i) => String(i)), heldOut, falseRefusalRate }: FitDistanceOptions): FittedDistance | undefined {
  if (training.length < fewestForDistance || featureCount(choice) === 0) return undefined;
  const region = regionOf(training, choice);
  const crossed = crossReadings(training, groups, choice);
  const k = region.variances.length;
  const [along, across] = [mean(crossed.map((one) => one.along)), mean(crossed.map((one) => one.across))];
  if (!(along > 0) || !(across > 0) || !Number.isFinite(along + across)) return undefined;
  const least = leastVariance(region);
  const fit: DistanceFit = {
    center: Float32Array.from(region.center),
    weight: Float32Array.from(region.weight),
    projection: Float32Array.from(region.vectors),
    inside: Float32Array.from(region.variances, (variance) => 1 / (2 * k * along * Math.max(least, variance))),
    residual: Math.fround(1 / (2 * across)),
  };
  const isHeldOut = heldOut.length >= fewestHeldOut;
  const distances = isHeldOut ? heldOut.map((row) => distanceOf(row, fit)) : [...crossed.map((one) => Math.sqrt((one.along / along + one.across / across) / 2)), ...heldOut.map((row) => distanceOf(row, fit))];
  const { threshold, method } = fitThreshold(distances, falseRefusalRate);
  return { fit, distances, facts: { values: [...choice.values], channels: [...choice.channels], falseRefusalRate, refusedShare: Number((distances.filter((distance) => distance > threshold).length / distances.length).toPrecision(4)), threshold, method, cases: distances.length, fittedOn: isHeldOut ? "held-out" : "training" } };
}
