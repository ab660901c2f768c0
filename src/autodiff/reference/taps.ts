import type { Node, Window } from "../../graph/index.js";
import { windowOf } from "../window.js";
import { flatIndex, forEachPosition, stridesOf } from "./array.js";

/** One meeting of a window element with an input element, as flat indices within one plane. */
export interface Tap {
  readonly output: number;
  readonly kernel: number;
  readonly input: number;
}

/** All taps of a window sliding over a plane, by output and then in row-major window order; padding has none. */
export interface TapList {
  readonly window: Window;
  readonly taps: readonly Tap[];
  /** Per output, the window elements that lie on the input or its padding. */
  readonly covered: readonly number[];
}

/** Lists every tap of a convolution or pooling node. */
export function tapsOf(node: Node, spatial: readonly number[], kernel?: readonly number[]): TapList {
  const window = windowOf(node, spatial, kernel);
  const axes = spatial.length;
  const strides = stridesOf(spatial);
  const taps: Tap[] = [];
  const covered: number[] = [];
  let output = 0;
  forEachPosition(window.output, (at) => {
    let k = 0;
    covered.push(0);
    forEachPosition(window.kernel, (offset) => {
      const place = spatial.map(
        (_, axis) => at[axis]! * window.strides[axis]! - window.pads[axis]! + offset[axis]! * window.dilations[axis]!,
      );
      if (place.every((p, axis) => p < spatial[axis]! + window.pads[axis + axes]!)) covered[output]!++;
      if (place.every((p, axis) => p >= 0 && p < spatial[axis]!)) {
        taps.push({ output, kernel: k, input: flatIndex(place, strides) });
      }
      k++;
    });
    output++;
  });
  return { window, taps, covered };
}
