import type { Placement } from "./placement.js";

/** What a picture looks like, whatever it shows. */
export interface FrameTraits {
  /** Mean grey, 0 to 1. */
  readonly brightness: number;
  /** Standard deviation of the grey values. */
  readonly contrast: number;
  /** Shares of pixels below 0.05 and above 0.95. */
  readonly dark: number;
  readonly bright: number;
  /** Mean size of the step from a pixel to its neighbors, over the contrast. */
  readonly sharpness: number;
  /** Logarithm of the original's width over its height. */
  readonly shape: number;
}

/**
 * Measures an image in the network's frame, without its letterbox: next to nothing beside a prediction.
 * @param frame first plane, [S, S] in 0..1, before normalization
 */
export function measureFrame(frame: Float32Array, { size, top, left, rows, columns, height, width }: Placement): FrameTraits {
  const [firstRow, lastRow] = [Math.max(0, top), Math.min(size, top + rows)];
  const [firstColumn, lastColumn] = [Math.max(0, left), Math.min(size, left + columns)];
  let [count, sum, squares, dark, bright, steps, pairs] = [0, 0, 0, 0, 0, 0, 0];
  for (let row = firstRow; row < lastRow; row++) {
    for (let column = firstColumn; column < lastColumn; column++) {
      const value = frame[row * size + column]!;
      count += 1;
      sum += value;
      squares += value * value;
      if (value < 0.05) dark += 1;
      else if (value > 0.95) bright += 1;
      if (column + 1 < lastColumn) {
        steps += Math.abs(frame[row * size + column + 1]! - value);
        pairs += 1;
      }
      if (row + 1 < lastRow) {
        steps += Math.abs(frame[(row + 1) * size + column]! - value);
        pairs += 1;
      }
    }
  }
  const mean = count === 0 ? 0 : sum / count;
  const contrast = count === 0 ? 0 : Math.sqrt(Math.max(0, squares / count - mean * mean));
  const share = (of: number): number => (count === 0 ? 0 : of / count);
  return { brightness: mean, contrast, dark: share(dark), bright: share(bright), sharpness: contrast > 1e-6 && pairs > 0 ? steps / pairs / contrast : 0, shape: Math.log(width / height) };
}
