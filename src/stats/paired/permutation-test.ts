import { InputError } from "../../base/index.js";
import type { Random } from "../../base/index.js";
import { checkFinite, checkSameLength } from "../checks.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import { collect } from "../resample.js";
import type { Key } from "../resample.js";

export const permutationFacts: StatisticFacts = {
  title: "Permutation tests",
  summary: "Tests of any statistic: by exchanging the two results of whole patients (paired) or the membership in two groups (unpaired).",
  formula:
    "p = share of exchanges with |T*| ≥ |T|, over all of them where they are no more than the number of permutations asked for (exact), " +
    "else (1 + #)/(1 + B) over B random ones; mid-p: those with |T*| = |T|, the observed one among them, count half",
  methods: ["exact", "Monte Carlo", "mid-p"],
  reference: "R. A. Fisher, The Design of Experiments, 1935; B. Phipson, G. K. Smyth, Stat Appl Genet Mol Biol 9, 2010, doi:10.2202/1544-6115.1585",
};

export interface PermutationOptions {
  /** Needed unless all exchanges can be counted. */
  readonly random: Random;
  /** Number of exchanges; default 9999. */
  readonly permutations?: number;
  /**
   * "exact" (default) never rejects more often than its level, and with counts, which are often equal, clearly more rarely; "mid-p"
   * counts equal values half and keeps near its level.
   */
  readonly test?: "exact" | "mid-p";
}

export interface PermutationTest {
  readonly estimate: number;
  /** Two-sided. */
  readonly p: number;
  readonly exact: boolean;
  readonly permutations: number;
  readonly method: string;
  readonly n: number;
}

/**
 * Difference of a statistic of two results on the same cases. Under exchange of whole cases or patients nothing changes if the two are
 * alike; scores of different scales should be ranked first.
 * @param statistic of one list of values, such as their AUC; undefined where it has no value
 * @throws InputError `not-estimable` where the statistic is undefined; `length`, `permutations`
 * @see checked against all sign changes counted in R
 */
export function pairedPermutationTest(
  statistic: (values: Float64Array) => number | undefined,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: PermutationOptions & { readonly groups?: readonly Key[] },
): PermutationTest {
  checkSameLength("second values", second.length, first.length);
  checkFinite("first value", first);
  checkFinite("second value", second);
  const n = first.length;
  if (options.groups) checkSameLength("groups", options.groups.length, n);
  const units = options.groups ? collect(options.groups) : Array.from({ length: n }, (_, i) => [i]);
  const [a, b] = [Float64Array.from(first), Float64Array.from(second)];
  const difference = (): number | undefined => {
    const [x, y] = [statistic(a), statistic(b)];
    return x === undefined || y === undefined ? undefined : x - y;
  };
  const swap = (unit: number): void => {
    for (const i of units[unit]!) [a[i], b[i]] = [b[i]!, a[i]!];
  };
  const observed = requireValue(difference());
  const permutations = checkPermutations(options.permutations);
  // The first unit may stay as it is: exchanging all units only changes the sign.
  const all = 2 ** (units.length - 1);
  const exact = all <= permutations;
  const count = new Extremes(observed, checkTest(options.test));
  if (exact) {
    count.add(observed);
    // Gray code: from one pattern to the next a single unit changes sides.
    for (let pattern = 1; pattern < all; pattern++) {
      swap(1 + trailingZeros(pattern));
      count.add(difference());
    }
  } else {
    const { random } = options;
    for (let k = 0; k < permutations; k++) {
      units.forEach((_, unit) => {
        if (random.uniform() < 0.5) swap(unit);
      });
      count.add(difference());
    }
  }
  const unit = options.groups ? "patients" : "cases";
  return count.result(exact, `permutation, exchanging ${unit}`, n);
}

/**
 * Difference of two groups' means, or another statistic of both, under exchange of memberships.
 * @throws InputError `not-estimable` with an empty group; `permutations`
 * @see checked against all choices counted in R
 */
export function permutationTest(
  first: readonly number[],
  second: readonly number[],
  options: PermutationOptions & {
    /** Default: the difference of the means. */
    readonly statistic?: (first: readonly number[], second: readonly number[]) => number | undefined;
  },
): PermutationTest {
  checkFinite("first value", first);
  checkFinite("second value", second);
  const [m, n] = [first.length, first.length + second.length];
  if (m === 0 || m === n) throw notEstimable("permutation test", "values in both groups", "an empty one", "Gather more.");
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const { statistic = (a, b): number => mean(a) - mean(b), random } = options;
  const pooled = [...first, ...second];
  const observed = requireValue(statistic(first, second));
  const permutations = checkPermutations(options.permutations);
  const count = new Extremes(observed, checkTest(options.test));
  const exact = choose(n, m) <= permutations;
  if (exact) {
    forEachChoice(n, m, (chosen) => {
      const inside = pooled.filter((_, i) => chosen.has(i));
      count.add(statistic(inside, pooled.filter((_, i) => !chosen.has(i))));
    });
  } else {
    for (let k = 0; k < permutations; k++) {
      const shuffled = random.shuffle(pooled);
      count.add(statistic(shuffled.slice(0, m), shuffled.slice(m)));
    }
  }
  return count.result(exact, "permutation, exchanging memberships", n);
}

/** Counts how often a value is as far from 0 as the one observed, rounding aside. */
class Extremes {
  readonly #observed: number;
  readonly #test: "exact" | "mid-p";
  #farther = 0;
  #equal = 0;
  #total = 0;

  constructor(observed: number, test: "exact" | "mid-p") {
    this.#observed = observed;
    this.#test = test;
  }

  add(value: number | undefined): void {
    if (value === undefined) return;
    this.#total += 1;
    const [far, observed] = [Math.abs(value), Math.abs(this.#observed)];
    if (far > observed * (1 + 1e-12)) this.#farther += 1;
    else if (far >= observed * (1 - 1e-12)) this.#equal += 1;
  }

  result(exact: boolean, method: string, n: number): PermutationTest {
    const weight = this.#test === "mid-p" ? 0.5 : 1;
    const p = exact ? (this.#farther + weight * this.#equal) / this.#total : (this.#farther + weight * (1 + this.#equal)) / (1 + this.#total);
    const how = exact ? "exact" : `${this.#total} at random`;
    return { estimate: this.#observed, p, exact, permutations: this.#total, method: `${method}, ${how}${this.#test === "mid-p" ? ", mid-p" : ""}`, n };
  }
}

function checkTest(test: "exact" | "mid-p" = "exact"): "exact" | "mid-p" {
  if (test === "exact" || test === "mid-p") return test;
  throw new InputError("test", `test: expected exact or mid-p, got ${String(test)}. Name one.`);
}

function requireValue(value: number | undefined): number {
  if (value === undefined) throw notEstimable("permutation test", "a defined statistic", "none", "See what it is made of.");
  return value;
}

function checkPermutations(permutations = 9999): number {
  if (!Number.isSafeInteger(permutations) || permutations < 99) {
    throw new InputError("permutations", `permutations: expected 99 or more, got ${permutations}. 9999 is usual.`);
  }
  return permutations;
}

function trailingZeros(value: number): number {
  let zeros = 0;
  while (((value >> zeros) & 1) === 0) zeros++;
  return zeros;
}

function choose(n: number, m: number): number {
  let result = 1;
  for (let k = 1; k <= m && result < 1e12; k++) result = (result * (n - m + k)) / k;
  return Math.round(result);
}

function forEachChoice(n: number, m: number, visit: (chosen: ReadonlySet<number>) => void): void {
  const indices = Array.from({ length: m }, (_, i) => i);
  for (;;) {
    visit(new Set(indices));
    let k = m - 1;
    while (k >= 0 && indices[k] === n - m + k) k--;
    if (k < 0) return;
    indices[k]! += 1;
    for (let j = k + 1; j < m; j++) indices[j] = indices[j - 1]! + 1;
  }
}
