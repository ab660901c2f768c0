import type { Loss } from "./contract.js";
import { total, totalWeight, weightRow } from "./weighted-mean.js";

/**
 * Focal loss: sum_i w_(y_i) (1 - p_i)^gamma (-log p_i) / sum_i w_(y_i), with p_i the probability of the true class. Equal to cross-entropy at
 * gamma 0. Label smoothing does not apply.
 * @see Lin et al. 2017, arXiv 1708.02002, equation 5
 */
export const focal: Loss = {
  title: "Focal",
  summary: "Cross-entropy that gives easy cases less weight.",
  reference: "Lin et al. 2017, arXiv 1708.02002",
  emit(builder, { logits, targets, whole = targets }, { classWeights, gamma }) {
    const logProbabilities = builder.op("LogSoftmax", [logits], { axis: 1 });
    let coefficients = targets;
    if (classWeights !== undefined) coefficients = builder.op("Mul", [coefficients, weightRow(builder, classWeights)]);
    let terms = builder.op("Mul", [logProbabilities, coefficients]);
    if (gamma !== 0) {
      const missing = builder.op("Sub", [builder.constant(1), builder.op("Exp", [logProbabilities])]);
      // A probability that rounds to 1 would make the power's slope infinite for gamma below 1.
      const positive = builder.op("Max", [missing, builder.constant(1e-7)]);
      terms = builder.op("Mul", [terms, builder.op("Pow", [positive, builder.constant(gamma)])]);
    }
    return builder.op("Neg", [builder.op("Div", [total(builder, terms), totalWeight(builder, whole, classWeights)])]);
  },
};
