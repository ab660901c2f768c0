import { InternalError } from "../../base/index.js";
import type { Node } from "../../graph/index.js";
import { intsOf, stringOf } from "./attributes.js";

/** A sliding window with every default filled in; one entry per spatial axis, `pads` first all before, then all after. */
export interface SlidingWindow {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly input: readonly number[];
  readonly output: readonly number[];
}

/** The window of a node whose input and output extents are known. `auto_pad` is resolved from them. */
export function windowOf(node: Node, kernel: readonly number[], input: readonly number[], output: readonly number[]): SlidingWindow {
  const axes = kernel.length;
  if (input.length !== axes || output.length !== axes) {
    throw new InternalError("window-rank", `${node.op} "${node.name}": expected ${axes} spatial axes, got ${input.length} and ${output.length}.`);
  }
  const strides = intsOf(node, "strides") ?? kernel.map(() => 1);
  const dilations = intsOf(node, "dilations") ?? kernel.map(() => 1);
  const said = intsOf(node, "pads") ?? Array.from({ length: 2 * axes }, () => 0);
  const autoPad = stringOf(node, "auto_pad", "NOTSET");
  const before = said.slice(0, axes);
  const after = said.slice(axes);
  if (autoPad !== "NOTSET") {
    for (let i = 0; i < axes; i++) {
      const total = autoPad === "VALID" ? 0 : Math.max(0, (output[i]! - 1) * strides[i]! + dilations[i]! * (kernel[i]! - 1) + 1 - input[i]!);
      const less = Math.floor(total / 2);
      before[i] = autoPad === "SAME_LOWER" ? total - less : less;
      after[i] = total - before[i]!;
    }
  }
  return { kernel, strides, dilations, before, after, input, output };
}

/** What the last window leaves over: elements of the padded input that no window touches. May be negative (ceil mode). */
export function leftOver(window: SlidingWindow, axis: number): number {
  const { kernel, strides, dilations, before, after, input, output } = window;
  const span = strides[axis]! * (output[axis]! - 1) + dilations[axis]! * (kernel[axis]! - 1) + 1;
  return input[axis]! + before[axis]! + after[axis]! - span;
}

/** All kernel positions in row-major order. */
export function positionsOf(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (positions, extent) => positions.flatMap((position) => Array.from({ length: extent }, (_, i) => [...position, i])),
    [[]],
  );
}
