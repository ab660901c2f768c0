import type { Box } from "../../images/index.js";

/** A grey image, [H, W] row-major. */
export interface Plane {
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
}

/** Levels of 255 that a flat line may span between its 4th and 96th percentile: a marker is let pass, the noise of air is not, as its span changes with contrast. */
const flatSpan = 3;
/** Share of each side that is trimmed at most. */
const mostTrimmed = 0.4;

/**
 * The part of an image inside its flat border: outermost rows and columns of one grey level are taken away, one level
 * after another, so that an added frame and collimated edges go alike.
 */
export function trimBorder({ pixels, height, width }: Plane): Box {
  let [top, left, bottom, right] = [0, 0, height, width];
  const spanOf = (count: number, at: (i: number) => number): number => {
    const histogram = new Uint32Array(256);
    for (let i = 0; i < count; i++) histogram[at(i)]! += 1;
    const rank = (wanted: number): number => {
      let seen = 0;
      for (let level = 0; level < 256; level++) if ((seen += histogram[level]!) > wanted) return level;
      return 255;
    };
    return rank(Math.floor(count * 0.96)) - rank(Math.floor(count * 0.04));
  };
  const isFlatRow = (row: number): boolean => spanOf(right - left, (i) => pixels[row * width + left + i]!) <= flatSpan;
  const isFlatColumn = (column: number): boolean => spanOf(bottom - top, (i) => pixels[(top + i) * width + column]!) <= flatSpan;
  for (let before = -1; before !== top + left + height - bottom + width - right; ) {
    before = top + left + height - bottom + width - right;
    while (top < height * mostTrimmed && isFlatRow(top)) top += 1;
    while (height - bottom < height * mostTrimmed && isFlatRow(bottom - 1)) bottom -= 1;
    while (left < width * mostTrimmed && isFlatColumn(left)) left += 1;
    while (width - right < width * mostTrimmed && isFlatColumn(right - 1)) right -= 1;
  }
  return { row: top, column: left, height: bottom - top, width: right - left };
}
