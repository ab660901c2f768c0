import type { Dim } from "../model.js";
import type { AttributeFacts, InferenceContext } from "./contract.js";
import { attribute } from "./contract.js";

/** Geometry of a sliding window with every default filled in and `auto_pad` resolved. One entry per spatial axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before the first element of each axis, then after the last of each: [top, left, bottom, right]. */
  readonly pads: readonly number[];
  /** Extents of the output. */
  readonly output: readonly number[];
}

/** A window as the attributes of Conv and the pools say it. */
export interface WindowAttributes {
  readonly kernel: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly pads?: readonly number[];
  readonly autoPad?: string;
  /** Round the output extent up (pools); the last window still has to begin inside the input or its leading padding. */
  readonly ceilMode?: boolean;
}

export const windowAttributes = {
  auto_pad: attribute("string", "NOTSET"),
  dilations: attribute("ints"),
  pads: attribute("ints"),
  strides: attribute("ints"),
} as const satisfies Record<string, AttributeFacts>;

/**
 * Geometry of a sliding window over an input of the given spatial extents:
 * output = floor((input + pads - (dilation (kernel - 1) + 1)) / stride) + 1, or ceil with `ceilMode`;
 * `SAME_UPPER` and `SAME_LOWER` give output = ceil(input / stride) with the odd pixel of padding after or before.
 * An output extent below 1 means that the window does not fit.
 * @see ONNX operators Conv, MaxPool, AveragePool
 */
export function slidingWindow(input: readonly number[], attributes: WindowAttributes): Window {
  const { kernel } = attributes;
  const axes = input.length;
  const strides = attributes.strides ?? kernel.map(() => 1);
  const dilations = attributes.dilations ?? kernel.map(() => 1);
  const pads = attributes.pads ? [...attributes.pads] : Array.from({ length: 2 * axes }, () => 0);
  const autoPad = attributes.autoPad ?? "NOTSET";
  const output = input.map((extent, i) => {
    const span = dilations[i]! * (kernel[i]! - 1) + 1;
    const stride = strides[i]!;
    if (autoPad === "SAME_UPPER" || autoPad === "SAME_LOWER") {
      const same = Math.ceil(extent / stride);
      const total = Math.max(0, (same - 1) * stride + span - extent);
      const less = Math.floor(total / 2);
      pads[i] = autoPad === "SAME_UPPER" ? less : total - less;
      pads[axes + i] = total - pads[i];
      return same;
    }
    if (autoPad === "VALID") pads[i] = pads[axes + i] = 0;
    const room = extent + pads[i]! + pads[axes + i]! - span;
    if (!attributes.ceilMode) return Math.floor(room / stride) + 1;
    const rounded = Math.ceil(room / stride) + 1;
    return (rounded - 1) * stride >= extent + pads[i]! ? rounded - 1 : rounded;
  });
  return { kernel, strides, dilations, pads, output };
}

/** Spatial extents of input 0; they have to be numbers. */
export function spatialExtents(context: InferenceContext, shape: readonly Dim[]): readonly number[] {
  if (shape.length < 3) context.fail("an input [N, C, ...] with at least one spatial axis");
  const spatial = shape.slice(2);
  if (spatial.some((dim) => typeof dim !== "number")) {
    context.unsupported(`a named spatial extent (shape [${shape.join(", ")}])`);
  }
  return spatial as number[];
}

/** Resolves the window of a node; the kernel's extents come from an attribute or from the weights. */
export function windowOf(context: InferenceContext, spatial: readonly number[], kernel: readonly number[]): Window {
  const strides = context.ints("strides");
  const dilations = context.ints("dilations");
  const pads = context.ints("pads");
  const axes = spatial.length;
  const lists = [kernel, strides, dilations].filter((list) => list !== undefined);
  if (lists.some((list) => list.length !== axes || list.some((n) => n < 1)) || (pads && pads.length !== 2 * axes)) {
    context.fail(`kernel, strides and dilations of ${axes} positive numbers and pads of ${2 * axes}`);
  }
  const autoPad = context.string("auto_pad");
  if (!["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].includes(autoPad)) {
    context.fail(`auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER (got ${autoPad})`);
  }
  const ceilMode = context.attribute("ceil_mode")?.value === 1;
  const window = slidingWindow(spatial, { kernel, strides, dilations, pads, autoPad, ceilMode });
  if (window.output.some((extent) => extent < 1)) {
    context.fail(
      `a window that fits (kernel [${kernel.join(", ")}], pads [${window.pads.join(", ")}])`,
      "Use a larger image",
    );
  }
  return window;
}
