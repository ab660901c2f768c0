import { findRoot, normalCritical } from "../distributions/index.js";
import type { AucMethod } from "./contract.js";

export const newcombe: AucMethod = {
  title: "Newcombe",
  summary: "Score-like interval that also works at an AUC of 0 or 1.",
  formula:
    "all A with |AUC − A| ≤ z √V(A), V(A) = A (1 − A) (1 + N (1 − A)/(2 − A) + N A/(1 + A))/(m n), N = (m + n)/2 − " +
    "1; with patients, m and n count patients, as if all cases of one were alike",
  reference: "R. G. Newcombe, Stat Med 25, 2006, doi:10.1002/sim.2324, method 5",
  limits({ placements, level, groups }) {
    const { auc, positives, negatives } = placements;
    const unitsOf = (cases: Int32Array): number =>
      groups ? new Set(Array.from(cases, (i) => groups[i])).size : cases.length;
    const [m, n] = [unitsOf(positives), unitsOf(negatives)];
    const z = normalCritical(level);
    const middle = (m + n) / 2 - 1;
    const variance = (a: number): number =>
      (a * (1 - a) * (1 + (middle * (1 - a)) / (2 - a) + (middle * a) / (1 + a))) / (m * n);
    const excess = (a: number): number => Math.abs(auc - a) - z * Math.sqrt(variance(a));
    // The excess is positive at a far end and negative just beside the AUC.
    const lower = auc === 0 ? 0 : findRoot((a) => (a === 0 ? auc : excess(a)), 0, auc === 1 ? 1 - 1e-12 : auc);
    const upper = auc === 1 ? 1 : findRoot((a) => (a === 1 ? 1 - auc : excess(a)), auc === 0 ? 1e-12 : auc, 1);
    return { lower, upper, method: groups ? "Newcombe, counting patients" : "Newcombe" };
  },
};
