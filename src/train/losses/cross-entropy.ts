import type { Loss } from "./contract.js";
import { total, totalWeight, weightRow } from "./weighted-mean.js";

/**
 * Softmax cross-entropy: sum_i sum_k w_k ((1 - e) t_ik + e / K) (-log p_ik) / sum_i w_(y_i), with e the label smoothing, K classes, w the class
 * weights (1 where there are none).
 * @see Szegedy et al. 2016, arXiv 1512.00567, section 7; checked against torch.nn.CrossEntropyLoss
 */
export const crossEntropy: Loss = {
  title: "Cross-entropy",
  summary: "Negative log-likelihood of the softmax, with label smoothing and class weights.",
  reference: "Szegedy et al. 2016, arXiv 1512.00567; torch.nn.CrossEntropyLoss",
  emit(builder, { logits, targets, whole = targets }, { labelSmoothing, classWeights }) {
    const classes = builder.shape(targets)[1] as number;
    const logProbabilities = builder.op("LogSoftmax", [logits], { axis: 1 });
    let coefficients = targets;
    if (labelSmoothing !== 0) {
      const scaled = builder.op("Mul", [coefficients, builder.constant(1 - labelSmoothing)]);
      // 1 for a case, 0 for a row of zeros.
      const present = builder.op("ReduceSum", [targets, builder.constant([1])], { keepdims: 1 });
      coefficients = builder.op("Add", [scaled, builder.op("Mul", [present, builder.constant(labelSmoothing / classes)])]);
    }
    if (classWeights !== undefined) coefficients = builder.op("Mul", [coefficients, weightRow(builder, classWeights)]);
    const weighted = total(builder, builder.op("Mul", [logProbabilities, coefficients]));
    return builder.op("Neg", [builder.op("Div", [weighted, totalWeight(builder, whole, classWeights)])]);
  },
};
