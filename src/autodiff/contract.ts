import type { Node } from "../graph/index.js";
import type { Emitter } from "./emitter.js";

/** What a gradient rule may see: one node, the gradients of its outputs, and an emitter to write nodes with. */
export interface GradientContext {
  readonly node: Node;
  readonly emit: Emitter;
  /** Names of the node's inputs and outputs; an absent optional one is "". */
  readonly x: readonly string[];
  readonly y: readonly string[];
  /** Gradient of the loss with respect to each output; undefined where the loss does not depend on it. */
  readonly dy: readonly (string | undefined)[];
  /** Whether the gradient with respect to this input will be used. Computing an unwanted one is waste, not an error. */
  readonly wants: (input: number) => boolean;
}

/**
 * Emits the nodes that carry the gradient from a node's outputs to its inputs.
 * @returns one value per input: its gradient in the input's own shape or in a shape that the input broadcasts to
 *   (the walk sums it back); undefined where the gradient is zero everywhere or not wanted
 */
export type GradientRule = (context: GradientContext) => readonly (string | undefined)[];

/** An operator that can't stand between a weight and the loss, with the reason a user is told. */
export interface NoGradient {
  readonly reason: string;
}

/** Marks an operator as one without gradient. */
export function noGradient(reason: string): NoGradient {
  return { reason };
}
