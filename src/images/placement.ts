import type { Preprocessing } from "./preprocessing.js";
import { shortSideOf } from "./preprocessing.js";
import type { Box } from "./region.js";
import { resizeBilinear } from "./resample.js";

/**
 * Where an image lies in the square network frame. The image is scaled to `rows` x `columns`, and its top left corner
 * comes to (`top`, `left`), which is negative where the frame cuts the image.
 */
export interface Placement {
  readonly height: number;
  readonly width: number;
  /** Side of the network frame. */
  readonly size: number;
  readonly rows: number;
  readonly columns: number;
  readonly top: number;
  readonly left: number;
}

/**
 * Geometry of a preprocessing for an image of the given size, in pixels.
 * @param window the part of the image that the frame shows, scaled to the frame's side by its longer one and centered;
 *   beside a narrow window the image goes on. Without one, the whole image is placed as the preprocessing says.
 */
export function placement(height: number, width: number, preprocessing: Preprocessing, window?: Box): Placement {
  const { size, resize } = preprocessing;
  if (window !== undefined) return windowPlacement(height, width, size, window);
  if (resize === "stretch") return { height, width, size, rows: size, columns: size, top: 0, left: 0 };
  if (resize === "letterbox") {
    const scale = size / Math.max(height, width);
    const rows = Math.max(1, Math.round(height * scale));
    const columns = Math.max(1, Math.round(width * scale));
    return { height, width, size, rows, columns, top: Math.floor((size - rows) / 2), left: Math.floor((size - columns) / 2) };
  }
  const short = shortSideOf(preprocessing);
  // torchvision truncates the long side and rounds the offset half to even.
  const long = Math.trunc((short * Math.max(height, width)) / Math.min(height, width));
  const [rows, columns] = height <= width ? [short, long] : [long, short];
  return { height, width, size, rows, columns, top: -roundHalfToEven((rows - size) / 2), left: -roundHalfToEven((columns - size) / 2) };
}

function windowPlacement(height: number, width: number, size: number, window: Box): Placement {
  const scale = size / Math.max(window.height, window.width);
  const [rows, columns] = [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))];
  const top = Math.round(size / 2 - ((window.row + window.height / 2) * rows) / height);
  const left = Math.round(size / 2 - ((window.column + window.width / 2) * columns) / width);
  return { height, width, size, rows, columns, top, left };
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** A point as (row, column), with pixel centers at whole numbers. */
export type Point = readonly [row: number, column: number];

/** Position in the network frame of a point of the image. */
export function toNetworkPoint([row, column]: Point, { height, width, rows, columns, top, left }: Placement): Point {
  return [((row + 0.5) * rows) / height - 0.5 + top, ((column + 0.5) * columns) / width - 0.5 + left];
}

/** Position in the image of a point of the network frame: the inverse of `toNetworkPoint`. */
export function toImagePoint([row, column]: Point, { height, width, rows, columns, top, left }: Placement): Point {
  return [((row - top + 0.5) * height) / rows - 0.5, ((column - left + 0.5) * width) / columns - 0.5];
}

/**
 * Carries a plane of the image (pixels, a mask) into the network frame.
 * @param plane [H, W] of the placement's image
 * @param fill value of the frame where there is no image
 * @returns [S, S]
 */
export function toNetworkFrame(plane: Float32Array, place: Placement, fill = 0): Float32Array {
  const { size, rows, columns, top, left } = place;
  // Only what the frame shows is resampled: of a small window the whole image would be huge.
  const part = { top: Math.max(0, -top), left: Math.max(0, -left), height: Math.min(rows, size - top) - Math.max(0, -top), width: Math.min(columns, size - left) - Math.max(0, -left) };
  const frame = new Float32Array(size * size).fill(fill);
  if (part.height <= 0 || part.width <= 0) return frame;
  const scaled = resizeBilinear(plane, place, { height: rows, width: columns }, part);
  if (part.height === size && part.width === size) return scaled;
  const firstColumn = Math.max(0, left);
  for (let row = 0; row < part.height; row++) {
    frame.set(scaled.subarray(row * part.width, (row + 1) * part.width), (row + Math.max(0, top)) * size + firstColumn);
  }
  return frame;
}

/**
 * Carries a map that covers the network frame (a heat map of any resolution) onto the image, bilinear, edge values
 * held. Image pixels that the frame cut away get 0.
 * @param map [h, w] row-major, evenly spread over the whole frame
 * @returns [H, W] of the placement's image
 */
export function toImageFrame(map: Float32Array, mapSize: { height: number; width: number }, place: Placement): Float32Array {
  const { height, width, size } = place;
  const column = axisSamples(width, size, mapSize.width, (j) => toNetworkPoint([0, j], place)[1]);
  const row = axisSamples(height, size, mapSize.height, (i) => toNetworkPoint([i, 0], place)[0]);
  const result = new Float32Array(height * width);
  for (let i = 0; i < height; i++) {
    if (row.outside[i] === 1) continue;
    const upper = row.low[i]! * mapSize.width;
    const lower = row.high[i]! * mapSize.width;
    const v = row.fraction[i]!;
    for (let j = 0; j < width; j++) {
      if (column.outside[j] === 1) continue;
      const a = column.low[j]!;
      const b = column.high[j]!;
      const u = column.fraction[j]!;
      const above = map[upper + a]! + u * (map[upper + b]! - map[upper + a]!);
      const below = map[lower + a]! + u * (map[lower + b]! - map[lower + a]!);
      result[i * width + j] = above + v * (below - above);
    }
  }
  return result;
}

/** For every image position along one axis: the two map cells around it and the way between them. */
function axisSamples(count: number, size: number, cells: number, toFrame: (i: number) => number) {
  const samples = { low: new Int32Array(count), high: new Int32Array(count), fraction: new Float64Array(count), outside: new Uint8Array(count) };
  for (let i = 0; i < count; i++) {
    const inFrame = toFrame(i);
    if (inFrame < -0.5 || inFrame > size - 0.5) samples.outside[i] = 1;
    const inMap = Math.min(cells - 1, Math.max(0, ((inFrame + 0.5) * cells) / size - 0.5));
    samples.low[i] = Math.floor(inMap);
    samples.high[i] = Math.min(cells - 1, samples.low[i]! + 1);
    samples.fraction[i] = inMap - samples.low[i]!;
  }
  return samples;
}
