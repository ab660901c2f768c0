import type { GraphBuilder } from "../../graph/index.js";
import { sizeOf } from "../../base/index.js";
import type { SlidingWindow } from "./window.js";
import { leftOver } from "./window.js";

function isZero(values: readonly number[]): boolean {
  return values.every((n) => n === 0);
}

/** Value [N, C, ...] with `fill` around it, so that every window lies inside. */
export function padForTaps(builder: GraphBuilder, value: string, window: SlidingWindow, fill = 0): string {
  // In ceil mode the last window may reach past the padding.
  const after = window.after.map((n, i) => n + Math.max(0, -leftOver(window, i)));
  if (isZero(window.before) && isZero(after)) return value;
  const pads = builder.constant([0, 0, ...window.before, 0, 0, ...after]);
  return builder.op("Pad", fill === 0 ? [value, pads] : [value, pads, builder.constant(fill, builder.dtype(value))]);
}

/** What kernel position `tap` sees: [N, C, ...output] of the padded value. */
export function sliceTap(builder: GraphBuilder, padded: string, window: SlidingWindow, tap: readonly number[]): string {
  const starts = tap.map((k, i) => k * window.dilations[i]!);
  const spans = window.output.map((extent, i) => (extent - 1) * window.strides[i]! + 1);
  const extents = builder.shape(padded).slice(2);
  const dense = window.strides.every((s) => s === 1);
  if (dense && isZero(starts) && spans.every((span, i) => span === extents[i])) return padded;
  const ends = starts.map((start, i) => start + spans[i]!);
  const axes = tap.map((_, i) => i + 2);
  const inputs = [starts, ends, axes, ...(dense ? [] : [window.strides])];
  return builder.op("Slice", [padded, ...inputs.map((list) => builder.constant([...list]))]);
}

/**
 * The adjoint of `sliceTap` after `padForTaps`: a value [N, C, ...output] put where position `tap` reads, zeros
 * elsewhere, in the extents of the unpadded input.
 */
export function placeTap(builder: GraphBuilder, value: string, window: SlidingWindow, tap: readonly number[]): string {
  const channels = builder.shape(value)[1] as number;
  const { strides, output } = window;
  let spread = value;
  if (strides.some((s) => s !== 1)) {
    // Each element is followed by stride - 1 zeros along every axis.
    const split = builder.op("Reshape", [value, builder.constant([0, channels, ...output.flatMap((extent) => [extent, 1])])]);
    const zeros = [0, 0, ...output.map(() => 0), ...output.map(() => 0)];
    const after = [0, 0, ...strides.flatMap((s) => [0, s - 1])];
    const padded = builder.op("Pad", [split, builder.constant([...zeros, ...after])]);
    spread = builder.op("Reshape", [padded, builder.constant([0, channels, ...output.map((extent, i) => extent * strides[i]!)])]);
  }
  const before = tap.map((k, i) => k * window.dilations[i]! - window.before[i]!);
  const after = before.map((shift, i) => window.input[i]! - shift - output[i]! * strides[i]!);
  if (isZero(before) && isZero(after)) return spread;
  // Negative pads crop.
  return builder.op("Pad", [spread, builder.constant([0, 0, ...before, 0, 0, ...after])]);
}

/** Number of positions a window tensor has per channel. */
export function positionsPerChannel(window: SlidingWindow): number {
  return sizeOf(window.output);
}
