import { checkProbabilities } from "./checks.js";
import type { StatisticFacts } from "./estimate.js";

export const multiplicityFacts: StatisticFacts = {
  title: "Adjusted p-values",
  summary: "Correction for testing several hypotheses at once.",
  formula:
    "with p₍₁₎ ≤ … ≤ p₍ₖ₎: Holm max over j ≤ i of min(1, (k − j + 1) p₍ⱼ₎), controls any false claim; " +
    "Benjamini-Hochberg min over j ≥ i of min(1, k p₍ⱼ₎/j), controls the share of false claims",
  methods: ["holm", "benjamini-hochberg"],
  reference:
    "S. Holm, Scand J Stat 6, 1979; Y. Benjamini, Y. Hochberg, J R Stat Soc B 57, 1995, " +
    "doi:10.1111/j.2517-6161.1995.tb02031.x",
};

/** Holm's adjusted p-values, in the order given. Checked against R's p.adjust. */
export function holm(pValues: readonly number[]): number[] {
  const order = ascending(pValues);
  const adjusted: number[] = Array.from({ length: pValues.length });
  let running = 0;
  order.forEach((index, rank) => {
    running = Math.max(running, Math.min(1, (pValues.length - rank) * pValues[index]!));
    adjusted[index] = running;
  });
  return adjusted;
}

/** Benjamini and Hochberg's adjusted p-values, in the order given. Checked against R's p.adjust. */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const order = ascending(pValues);
  const adjusted: number[] = Array.from({ length: pValues.length });
  let running = 1;
  for (let rank = order.length; rank >= 1; rank--) {
    running = Math.min(running, (pValues.length / rank) * pValues[order[rank - 1]!]!);
    adjusted[order[rank - 1]!] = running;
  }
  return adjusted;
}

function ascending(pValues: readonly number[]): number[] {
  checkProbabilities("p-value", pValues);
  return pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!);
}
