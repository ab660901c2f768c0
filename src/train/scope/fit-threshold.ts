import { InputError } from "../../base/index.js";
import { normalQuantile, studentQuantile } from "../../stats/index.js";

export interface FittedThreshold {
  readonly threshold: number;
  readonly method: "rank" | "log-normal";
}

/** Share of images of the usual kind beyond the limit that is drawn from the middle of the distances. */
const usualRate = 0.01;
/** How much farther than its 0.9 quantile the normal distribution's 0.99 quantile lies. */
const stretch = normalQuantile(1 - usualRate) / normalQuantile(0.9);

/**
 * A limit that a further distance of the same kind exceeds with at most a given probability.
 *
 * With n distances and ceil((n + 1) (1 - rate)) <= n it is that rank among them, which the next one, exchangeable with them, exceeds
 * with probability at most `rate`; or, where that is more, median (q90 / median)^(z(0.99) / z(0.9)), which 1 in 100 would exceed if the
 * logarithms were normal: so that odd films among them, inverted ones say, do not decide how far the usual ones may lie. With fewer
 * it is the prediction limit of a normal distribution of the logarithms, exp(m + t s sqrt(1 + 1/n)), and no less than their largest.
 * @see rank: V. Vovk, A. Gammerman and G. Shafer, "Algorithmic learning in a random world", 2nd ed. 2022; prediction limit: G. J. Hahn and W. Q. Meeker, "Statistical intervals", 1991, section 4.3
 * @throws InputError `threshold-cases` for less than 3 distances
 */
export function fitThreshold(distances: readonly number[], rate: number): FittedThreshold {
  const n = distances.length;
  if (n < 3) throw new InputError("threshold-cases", `threshold: expected at least 3 distances, got ${n}. Hold more cases out.`);
  const sorted = distances.toSorted((a, b) => a - b);
  const rank = Math.ceil((n + 1) * (1 - rate) - 1e-9);
  if (rank <= n) {
    const [median, q90] = [0.5, 0.9].map((share) => sorted[Math.ceil(share * n) - 1]!) as [number, number];
    const usual = median > 0 ? median * (q90 / median) ** stretch : 0;
    return { threshold: Math.max(sorted[rank - 1]!, usual), method: "rank" };
  }
  const logs = sorted.map((distance) => Math.log(Math.max(distance, 1e-12)));
  const middle = logs.reduce((sum, value) => sum + value, 0) / n;
  const spread = Math.sqrt(logs.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (n - 1));
  const limit = Math.exp(middle + studentQuantile(1 - Math.min(rate, usualRate), n - 1) * spread * Math.sqrt(1 + 1 / n));
  return { threshold: Math.max(limit, sorted[n - 1]!), method: "log-normal" };
}
