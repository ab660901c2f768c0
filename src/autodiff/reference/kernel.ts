import type { Node } from "../../graph/index.js";
import type { NumericArray } from "./array.js";

/** What a kernel computes from: its node's attributes and its inputs; an absent optional input is undefined. */
export interface KernelCall {
  readonly node: Node;
  readonly inputs: readonly (NumericArray | undefined)[];
}

/** The meaning of one operator in plain loops. */
export type Kernel = (call: KernelCall) => readonly NumericArray[];

/** A required input. */
export function inputOf(call: KernelCall, index: number): NumericArray {
  return call.inputs[index]!;
}
