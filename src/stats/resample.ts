import type { Random } from "../base/index.js";
import { InputError } from "../base/index.js";
import { checkSameLength } from "./checks.js";

/** A name of a cluster or a stratum; equal names mean the same one. */
export type Key = string | number;

export interface ResamplingPlan {
  /** Number of cases. */
  readonly n: number;
  /** Cluster of each case (its patient): clusters are drawn whole. Left out, cases are drawn. */
  readonly groups?: readonly Key[];
  /** Stratum of each case (its class): the number of units per stratum stays as observed. */
  readonly strata?: readonly Key[];
  readonly random: Random;
  /** Number of resamples; 2000 unless given. */
  readonly resamples?: number;
}

/** The units that are drawn, each with its cases, sorted into strata. */
export interface SamplingUnits {
  /** Case indices of each unit. */
  readonly units: readonly (readonly number[])[];
  /** Unit indices of each stratum. A cluster's stratum is the set of its cases' strata. */
  readonly strata: readonly (readonly number[])[];
}

/** Sorts cases into the units of a plan. */
export function samplingUnits(plan: Omit<ResamplingPlan, "random">): SamplingUnits {
  if (plan.groups) checkSameLength("groups", plan.groups.length, plan.n);
  if (plan.strata) checkSameLength("strata", plan.strata.length, plan.n);
  const units = plan.groups ? collect(plan.groups) : Array.from({ length: plan.n }, (_, i) => [i]);
  const { strata } = plan;
  if (!strata) return { units, strata: [units.map((_, unit) => unit)] };
  return {
    units,
    strata: collect(units.map((cases) => [...new Set(cases.map((i) => String(strata[i])))].sort().join("\u0000"))),
  };
}

/** Indices of equal keys, in order of first appearance. */
export function collect(keys: readonly Key[]): number[][] {
  const members = new Map<Key, number[]>();
  keys.forEach((key, i) => {
    const list = members.get(key);
    if (list) list.push(i);
    else members.set(key, [i]);
  });
  return [...members.values()];
}

/**
 * Draws resamples with replacement and hands each out as the number of times every case was drawn.
 * The array is reused between calls.
 * @throws InputError `resamples` below 100
 */
export function forEachResample(plan: ResamplingPlan, visit: (multiplicities: Float64Array) => void): void {
  const resamples = plan.resamples ?? defaultResamples;
  if (!Number.isSafeInteger(resamples) || resamples < 100) {
    throw new InputError(
      "resamples",
      `resamples: expected an integer of 100 or more, got ${resamples}. 2000 is usual.`,
    );
  }
  const { units, strata } = samplingUnits(plan);
  const multiplicities = new Float64Array(plan.n);
  for (let b = 0; b < resamples; b++) {
    multiplicities.fill(0);
    for (const stratum of strata) {
      for (let draw = 0; draw < stratum.length; draw++) {
        for (const i of units[stratum[plan.random.integer(stratum.length)]!]!) multiplicities[i]! += 1;
      }
    }
    visit(multiplicities);
  }
}

export const defaultResamples = 2000;
