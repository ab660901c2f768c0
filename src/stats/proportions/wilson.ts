import { normalCritical } from "../distributions/index.js";
import type { ProportionMethod } from "./contract.js";

export const wilson: ProportionMethod = {
  title: "Wilson",
  summary: "Score interval: good coverage at small n and near 0 and 1. The default.",
  formula: "(x + z²/2 ± z √(x (n − x)/n + z²/4)) / (n + z²)",
  reference:
    "E. B. Wilson, J Am Stat Assoc 22, 1927, doi:10.1080/01621459.1927.10502953; R. G. Newcombe, Stat Med 17, " +
    "1998, method 3",
  acceptsEffectiveCounts: true,
  limits(successes, n, level) {
    const z = normalCritical(level);
    const middle = successes + (z * z) / 2;
    const half = z * Math.sqrt((successes * (n - successes)) / n + (z * z) / 4);
    // At the ends the limit is 0 or 1 exactly; the formula would leave rounding error.
    return {
      lower: successes === 0 ? 0 : (middle - half) / (n + z * z),
      upper: successes === n ? 1 : (middle + half) / (n + z * z),
    };
  },
};
