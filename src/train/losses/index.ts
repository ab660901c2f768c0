import { float32 } from "../../base/index.js";
import type { GraphBuilder } from "../../graph/index.js";
import type { Loss, LossSettings } from "./contract.js";

export type { Loss, LossSettings } from "./contract.js";

/** Sum over all elements, of shape []. */
function total(builder: GraphBuilder, value: string): string {
  return builder.op("ReduceSum", [value], { keepdims: 0 });
}

function weightRow(builder: GraphBuilder, weights: readonly number[]): string {
  return builder.constant(float32([weights.length], weights));
}

/** Sum over the batch of each case's class weight: the denominator of PyTorch's weighted mean. */
function totalWeight(builder: GraphBuilder, targets: string, weights: readonly number[] | undefined): string {
  return total(builder, weights === undefined ? targets : builder.op("Mul", [targets, weightRow(builder, weights)]));
}

/**
 * Softmax cross-entropy: sum_i sum_k w_k ((1 - e) t_ik + e / K) (-log p_ik) / sum_i w_(y_i), with e the label smoothing, K classes, w the class
 * weights (1 where there are none).
 * @see Szegedy et al. 2016, arXiv 1512.00567, section 7; checked against torch.nn.CrossEntropyLoss
 */
const crossEntropy = {
  title: "Cross-entropy",
  summary: "Negative log-likelihood of the softmax, with label smoothing and class weights.",
  reference: "Szegedy et al. 2016, arXiv 1512.00567; torch.nn.CrossEntropyLoss",
  emit(builder, { logits, targets }, { labelSmoothing, classWeights }: LossSettings) {
    const classes = builder.shape(targets)[1] as number;
    const logProbabilities = builder.op("LogSoftmax", [logits], { axis: 1 });
    let coefficients = targets;
    if (labelSmoothing !== 0) {
      const scaled = builder.op("Mul", [coefficients, builder.constant(1 - labelSmoothing)]);
      coefficients = builder.op("Add", [scaled, builder.constant(labelSmoothing / classes)]);
    }
    if (classWeights !== undefined) coefficients = builder.op("Mul", [coefficients, weightRow(builder, classWeights)]);
    const weighted = total(builder, builder.op("Mul", [logProbabilities, coefficients]));
    return builder.op("Neg", [builder.op("Div", [weighted, totalWeight(builder, targets, classWeights)])]);
  },
} as const satisfies Loss;

/**
 * Focal loss: sum_i w_(y_i) (1 - p_i)^gamma (-log p_i) / sum_i w_(y_i), with p_i the probability of the true class. Equal to cross-entropy at
 * gamma 0. Label smoothing does not apply.
 * @see Lin et al. 2017, arXiv 1708.02002, equation 5
 */
const focal = {
  title: "Focal",
  summary: "Cross-entropy that gives easy cases less weight.",
  reference: "Lin et al. 2017, arXiv 1708.02002",
  emit(builder, { logits, targets }, { classWeights, gamma }: LossSettings) {
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
    return builder.op("Neg", [builder.op("Div", [total(builder, terms), totalWeight(builder, targets, classWeights)])]);
  },
} as const satisfies Loss;

/** The losses, by the name that recipes use. */
export const losses = { "cross-entropy": crossEntropy, focal } as const satisfies Record<string, Loss>;

export type LossName = keyof typeof losses;
