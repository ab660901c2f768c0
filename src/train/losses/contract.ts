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

/** A loss over a batch, as graph nodes. */
export interface Loss {
  readonly title: string;
  readonly summary: string;
  readonly reference: string;
  /**
   * Emits the loss.
   * @param logits value of shape [N, K]
   * @param targets value of shape [N, K]: rows are one-hot (of `multi-target`: the rows that encodeTargets makes)
   * @returns a value of shape []: the (weighted) mean over the batch
   */
  emit(builder: GraphBuilder, inputs: { readonly logits: string; readonly targets: string }, settings: LossSettings): string;
}
