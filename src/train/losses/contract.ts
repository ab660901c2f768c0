import type { GraphBuilder } from "../../graph/index.js";
import type { TargetHead } from "../targets.js";

/** Settings of a loss. */
export interface LossSettings {
  /** Probability mass spread evenly over all classes, in [0, 1). */
  readonly labelSmoothing: number;
  /** One weight per class, or undefined for none. */
  readonly classWeights?: readonly number[];
  /** Focusing exponent of `focal`, at least 0. */
  readonly gamma: number;
  /** What the outputs of `multi-target` are, in order. */
  readonly heads?: readonly TargetHead[];
}

/** Names of what a loss reads. */
export interface LossInputs {
  /** [N, K]. */
  readonly logits: string;
  /** [N, K]: rows are one-hot (of `multi-target`: the rows that encodeTargets makes). A row of zeros counts nothing. */
  readonly targets: string;
  /** Targets of the whole batch, [M, K], where N of its cases are given: what the mean is taken over, so that the losses of its parts add up to its own. */
  readonly whole?: string;
}

/** A loss over a batch, as graph nodes. */
export interface Loss {
  readonly title: string;
  readonly summary: string;
  readonly reference: string;
  /**
   * Emits the loss.
   * @returns a value of shape []: the (weighted) mean over the batch
   */
  emit(builder: GraphBuilder, inputs: LossInputs, settings: LossSettings): string;
}
