import { betaQuantile } from "../distributions/index.js";
import type { ProportionMethod } from "./contract.js";

export const jeffreys: ProportionMethod = {
  title: "Jeffreys",
  summary: "Equal-tailed credible interval under Jeffreys' prior, with Brown's ends at x = 0 and x = n.",
  formula: "Beta⁻¹(α/2 and 1 − α/2; x + 1/2, n − x + 1/2); lower 0 at x = 0, upper 1 at x = n",
  reference: "L. D. Brown, T. T. Cai, A. DasGupta, Stat Sci 16, 2001, doi:10.1214/ss/1009213286",
  acceptsEffectiveCounts: true,
  limits(successes, n, level) {
    const tail = (1 - level) / 2;
    return {
      lower: successes === 0 ? 0 : betaQuantile(tail, successes + 0.5, n - successes + 0.5),
      upper: successes === n ? 1 : betaQuantile(1 - tail, successes + 0.5, n - successes + 0.5),
    };
  },
};
