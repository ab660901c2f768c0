import { betaQuantile } from "../distributions/index.js";
import type { ProportionMethod } from "./contract.js";

export const clopperPearson: ProportionMethod = {
  title: "Clopper-Pearson",
  summary: "Exact interval: covers at least as often as stated, usually more often.",
  formula: "lower = Beta⁻¹(α/2; x, n − x + 1), upper = Beta⁻¹(1 − α/2; x + 1, n − x); 0 at x = 0, 1 at x = n",
  reference: "C. J. Clopper, E. S. Pearson, Biometrika 26, 1934, doi:10.1093/biomet/26.4.404",
  acceptsEffectiveCounts: true,
  limits(successes, n, level) {
    const tail = (1 - level) / 2;
    return {
      lower: successes === 0 ? 0 : betaQuantile(tail, successes, n - successes + 1),
      upper: successes === n ? 1 : betaQuantile(1 - tail, successes + 1, n - successes),
    };
  },
};
