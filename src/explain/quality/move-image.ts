import { upsample, type HeatMap } from "../upsample.js";

/** A small motion of an image in its plane: first the turn about its center, then the shift. */
export interface Motion {
  /** Counter-clockwise. */
  readonly angleDeg: number;
  /** Toward larger columns and rows. */
  readonly shiftPx: readonly [rows: number, columns: number];
}

/** Bilinear value at (row, column), pixel centers at whole numbers, the border held. */
function valueAt(plane: Float32Array, height: number, width: number, row: number, column: number): number {
  const y = Math.min(height - 1, Math.max(0, row));
  const x = Math.min(width - 1, Math.max(0, column));
  const [top, left] = [Math.min(height - 1, Math.floor(y)), Math.min(width - 1, Math.floor(x))];
  const [bottom, right] = [Math.min(height - 1, top + 1), Math.min(width - 1, left + 1)];
  const [v, u] = [y - top, x - left];
  const upper = plane[top * width + left]! * (1 - u) + plane[top * width + right]! * u;
  const lower = plane[bottom * width + left]! * (1 - u) + plane[bottom * width + right]! * u;
  return upper * (1 - v) + lower * v;
}

/** Where a point of the moved image was before, or, `"forward"`, where a point goes. */
function mover({ angleDeg, shiftPx: [down, right] }: Motion, height: number, width: number, direction: "back" | "forward") {
  const angle = (angleDeg * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [cy, cx] = [(height - 1) / 2, (width - 1) / 2];
  if (direction === "forward") return (row: number, column: number) => [cy + cos * (row - cy) - sin * (column - cx) + down, cx + sin * (row - cy) + cos * (column - cx) + right] as const;
  return (row: number, column: number) => {
    const [dy, dx] = [row - down - cy, column - right - cx];
    return [cy + cos * dy + sin * dx, cx - sin * dy + cos * dx] as const;
  };
}

/** The image [C, H, W] after a motion, bilinear, the border held. */
export function moveImage(image: Float32Array, { channels, height, width }: { readonly channels: number; readonly height: number; readonly width: number }, motion: Motion): Float32Array {
  const origin = mover(motion, height, width, "back");
  const result = new Float32Array(image.length);
  const plane = height * width;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [row, column] = origin(y, x);
      for (let c = 0; c < channels; c++) result[c * plane + y * width + x] = valueAt(image.subarray(c * plane, (c + 1) * plane), height, width, row, column);
    }
  }
  return result;
}

/**
 * The map of a moved image, moved back, and the map it is to be compared with, both cut to what stayed in sight.
 * @param extent of the image the motion is of
 */
export function aligned(before: HeatMap, after: HeatMap, motion: Motion, { height, width }: { readonly height: number; readonly width: number }): readonly [HeatMap, HeatMap] {
  const [a, b] = [upsample(before, height, width).values, upsample(after, height, width).values];
  const goes = mover(motion, height, width, "forward");
  const turned = Math.sin((Math.abs(motion.angleDeg) * Math.PI) / 180) * (Math.max(height, width) / 2);
  const margin = Math.ceil(Math.max(...motion.shiftPx.map(Math.abs)) + turned);
  const [rows, columns] = [height - 2 * margin, width - 2 * margin];
  const [one, other] = [new Float32Array(rows * columns), new Float32Array(rows * columns)];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const [row, column] = goes(y + margin, x + margin);
      one[y * columns + x] = a[(y + margin) * width + x + margin]!;
      other[y * columns + x] = valueAt(b, height, width, row, column);
    }
  }
  return [{ values: one, height: rows, width: columns }, { values: other, height: rows, width: columns }];
}
