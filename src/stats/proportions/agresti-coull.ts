import { normalCritical } from "../distributions/index.js";
import type { ProportionMethod } from "./contract.js";

export const agrestiCoull: ProportionMethod = {
  title: "Agresti-Coull",
  summary:
    "Wald interval after adding z²/2 successes and as many failures; it can leave [0, 1] and is then cut with a " +
    "warning.",
  formula: "p̃ ± z √(p̃ (1 − p̃)/ñ) with ñ = n + z², p̃ = (x + z²/2)/ñ",
  reference: "A. Agresti, B. A. Coull, Am Stat 52, 1998, doi:10.1080/00031305.1998.10480550",
  acceptsEffectiveCounts: true,
  limits(successes, n, level) {
    const z = normalCritical(level);
    const total = n + z * z;
    const p = (successes + (z * z) / 2) / total;
    const half = z * Math.sqrt((p * (1 - p)) / total);
    return { lower: p - half, upper: p + half };
  },
};
