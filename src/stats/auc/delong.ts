import { normalCritical, studentCritical } from "../distributions/index.js";
import { notEstimable } from "../estimate.js";
import { placementSpread } from "../placements.js";
import type { AucContext, AucMethod } from "./contract.js";

const reference =
  "E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44, 1988, doi:10.2307/2531595; X. Sun, W. Xu, " +
  "2014, doi:10.1109/LSP.2014.2337313; " +
  "N. A. Obuchowski, Biometrics 53, 1997, doi:10.2307/2533958 (patients with several cases)";

/** Standard error, refused where it is 0 and would pretend certainty, and its degrees of freedom. */
function spreadOf({ placements, groups, subject }: AucContext): { standardError: number; degreesOfFreedom: number } {
  const { variance, degreesOfFreedom } = placementSpread(placements, groups, subject);
  if (!(variance > 0)) {
    const got = `an AUC of ${placements.auc} without any`;
    throw notEstimable(subject, "placements that vary", got, 'Use the method "newcombe", which works at 0 and 1.');
  }
  return { standardError: Math.sqrt(variance), degreesOfFreedom };
}

export const delong: AucMethod = {
  title: "DeLong",
  summary: "Symmetric interval from the structural components, as pROC gives it. Cut at 0 and 1 with a warning; covers 84 to 92 % near 1.",
  formula: "AUC ± z √(S₁₀/m + S₀₁/n), S₁₀ and S₀₁ the sample variances of the positives' and negatives' placements",
  reference,
  limits(context) {
    const { standardError } = spreadOf(context);
    const half = normalCritical(context.level) * standardError;
    const { auc } = context.placements;
    const method = context.groups ? "DeLong, clustered by patient (Obuchowski)" : "DeLong";
    const cut = auc - half < 0 || auc + half > 1;
    const warnings = [
      { code: "interval-cut", message: "the DeLong interval reaches beyond [0, 1] and was cut there." },
    ];
    return {
      lower: Math.max(0, auc - half),
      upper: Math.min(1, auc + half),
      method,
      standardError,
      ...(cut && { warnings }),
    };
  },
};

export const delongLogit: AucMethod = {
  title: "DeLong on the logit scale",
  summary: "Stays inside (0, 1); covers 94.7 to 96.3 % in simulated studies, near 1 and with few cases too. The default.",
  formula:
    "logit⁻¹(logit AUC ± t SE/(AUC (1 − AUC))), SE as for DeLong, t of Student on (S₁₀/m + S₀₁/n)²/((S₁₀/m)²/(m − 1) + (S₀₁/n)²/(n − 1)) degrees of freedom",
  reference: `${reference}; M. S. Pepe, The Statistical Evaluation of Medical Tests, 2003, section 5.2; F. E. Satterthwaite, Biometrics Bull 2, 1946, doi:10.2307/3002019`,
  limits(context) {
    const { standardError, degreesOfFreedom } = spreadOf(context);
    const { auc } = context.placements;
    const center = Math.log(auc / (1 - auc));
    const half = (studentCritical(context.level, degreesOfFreedom) * standardError) / (auc * (1 - auc));
    const back = (u: number): number => 1 / (1 + Math.exp(-u));
    const method = `DeLong on the logit scale${context.groups ? ", clustered by patient (Obuchowski)" : ""}`;
    return { lower: back(center - half), upper: back(center + half), method, standardError };
  },
};
