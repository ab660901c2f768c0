import { InputError, unknownName } from "../../base/index.js";
import { notEstimable } from "../estimate.js";

/** A rating by its category, or null where the reader did not rate the case. */
export type Rating = string | number | null;

/** How far apart two categories are: equal ones agree wholly, others in part. */
export type AgreementWeights = "unweighted" | "linear" | "quadratic" | readonly (readonly number[])[];

export interface RatingTable {
  readonly categories: readonly (string | number)[];
  /** counts[case][category]: readers that put the case there. Cases without any rating are left out. */
  readonly counts: readonly (readonly number[])[];
}

/**
 * Counts ratings per case and category.
 * @param ratings ratings[case][reader]
 * @throws InputError `not-estimable` with fewer than two cases that two readers rated, or with a single category
 */
export function tabulateRatings(
  ratings: readonly (readonly Rating[])[],
  categories?: readonly (string | number)[],
): RatingTable {
  const names = categories ?? sortedCategories(ratings.flat());
  const index = new Map(names.map((name, k) => [name, k]));
  const counts: number[][] = [];
  for (const row of ratings) {
    const tally = names.map(() => 0);
    let any = false;
    for (const rating of row) {
      if (rating === null) continue;
      const k = index.get(rating);
      if (k === undefined) throw unknownName("rating category", String(rating), names.map(String));
      tally[k]! += 1;
      any = true;
    }
    if (any) counts.push(tally);
  }
  const paired = counts.filter((row) => row.reduce((sum, value) => sum + value, 0) >= 2).length;
  if (paired < 2 || names.length < 2) {
    throw notEstimable(
      "agreement",
      "two categories and two cases with two ratings each",
      `${names.length} and ${paired}`,
      "Have more cases rated.",
    );
  }
  return { categories: names, counts };
}

/** The different ratings, numbers by size and names by alphabet. */
export function sortedCategories(ratings: readonly Rating[]): (string | number)[] {
  const names = [...new Set(ratings.filter((rating) => rating !== null))];
  return names.sort((a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a) < String(b) ? -1 : 1));
}

/**
 * Weights of agreement: 1 on the diagonal. Linear 1 − |i − j|/(K − 1), quadratic 1 − (i − j)²/(K − 1)², by position in the list of
 * categories.
 * @throws InputError `weights` for a table that is not symmetric with ones on its diagonal
 */
export function agreementWeights(weights: AgreementWeights, categories: number): number[][] {
  const power = weights === "linear" ? 1 : weights === "quadratic" ? 2 : 0;
  if (typeof weights === "string") {
    return Array.from({ length: categories }, (_, i) =>
      Array.from({ length: categories }, (_row, j) =>
        i === j ? 1 : power === 0 ? 0 : 1 - (Math.abs(i - j) / (categories - 1)) ** power,
      ),
    );
  }
  const fits =
    weights.length === categories &&
    weights.every(
      (row, i) => row.length === categories && row[i] === 1 && row.every((value, j) => value === weights[j]![i]),
    );
  if (!fits) {
    throw new InputError(
      "weights",
      `weights: expected a symmetric table of ${categories} by ${categories} with ones on the diagonal, got another. Name "linear" or "quadratic".`,
    );
  }
  return weights.map((row) => [...row]);
}

/** Name of the weights in a method line. */
export function describeWeights(weights: AgreementWeights): string {
  return weights === "unweighted" ? "" : `, ${typeof weights === "string" ? weights : "custom"} weights`;
}
