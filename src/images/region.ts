import { DataError } from "../base/index.js";
import { decodeImage } from "./decode-image.js";
import type { Placement } from "./placement.js";
import { toNetworkFrame } from "./placement.js";
import type { Size } from "./resample.js";

/** A rectangle in pixels of the upright image: top left corner and extent. */
export interface Box {
  readonly row: number;
  readonly column: number;
  readonly height: number;
  readonly width: number;
}

/**
 * The union of boxes as a mask. A pixel that a box covers in part counts by the covered share.
 * @returns [H, W] in 0..1
 */
export function boxesToMask(boxes: readonly Box[], { height, width }: Size): Float32Array {
  const mask = new Float32Array(height * width);
  for (const box of boxes) {
    const rows = covered(box.row, box.row + box.height, height);
    const columns = covered(box.column, box.column + box.width, width);
    for (let i = 0; i < height; i++) {
      if (rows[i] === 0) continue;
      for (let j = 0; j < width; j++) mask[i * width + j] = Math.max(mask[i * width + j]!, rows[i]! * columns[j]!);
    }
  }
  return mask;
}

/** Share of each pixel [i, i + 1) that lies in [start, end). */
function covered(start: number, end: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.max(0, Math.min(end, i + 1) - Math.max(start, i)));
}

/** Corners of an outline as (row, column) in pixels; (0, 0) is the outer corner of the first pixel. */
export type Polygon = readonly (readonly [row: number, column: number])[];

/**
 * The union of polygons as a mask: a pixel belongs to one whose center lies inside by the even-odd rule.
 * @returns [H, W] of 0 and 1
 */
export function polygonsToMask(polygons: readonly Polygon[], { height, width }: Size): Float32Array {
  const mask = new Float32Array(height * width);
  for (const polygon of polygons) {
    const edges = polygon.map((from, i) => [from, polygon[(i + 1) % polygon.length]!] as const);
    for (let i = 0; i < height; i++) {
      const y = i + 0.5;
      const crossings = edges
        .filter(([[a], [b]]) => a <= y !== b <= y)
        .map(([[a, p], [b, q]]) => p + ((y - a) / (b - a)) * (q - p))
        .sort((a, b) => a - b);
      for (let k = 0; k + 1 < crossings.length; k += 2) {
        const first = Math.max(0, Math.ceil(crossings[k]! - 0.5));
        const last = Math.min(width, Math.ceil(crossings[k + 1]! - 0.5));
        if (first < last) mask.fill(1, i * width + first, i * width + last);
      }
    }
  }
  return mask;
}

/** The smallest box around all that is given; undefined where nothing is. */
export function boundingBox({ boxes = [], polygons = [] }: Pick<RegionSource, "boxes" | "polygons">): Box | undefined {
  const corners = [
    ...boxes.flatMap(({ row, column, height, width }) => [[row, column], [row + height, column + width]] as const),
    ...polygons.flat(),
  ];
  if (corners.length === 0) return undefined;
  let [top, left, bottom, right] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [row, column] of corners) [top, left, bottom, right] = [Math.min(top, row), Math.min(left, column), Math.max(bottom, row), Math.max(right, column)];
  return { row: top, column: left, height: bottom - top, width: right - left };
}

/** The smallest box around a mask's values above a half; undefined where there are none. */
export function boxOfMask(mask: Float32Array, { height, width }: Size): Box | undefined {
  let [top, left, bottom, right] = [height, width, -1, -1];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      if (mask[i * width + j]! <= 0.5) continue;
      [top, left, bottom, right] = [Math.min(top, i), Math.min(left, j), i, Math.max(right, j)];
    }
  }
  return bottom < 0 ? undefined : { row: top, column: left, height: bottom - top + 1, width: right - left + 1 };
}

/** Where a region of interest is told: a mask image of the radiograph's size, or boxes and polygons on it. */
export interface RegionSource {
  /** Mask image: black outside, white inside. */
  readonly mask?: string;
  readonly boxes?: readonly Box[];
  readonly polygons?: readonly Polygon[];
  /** How errors call it. */
  readonly name: string;
}

/**
 * Loads a region of interest and carries it into the network frame, border 0.
 * @param place placement of the radiograph the region belongs to
 * @returns [S, S] in 0..1
 * @throws DataError `region-size` when mask or boxes do not fit the radiograph, `region-empty` when nothing is inside
 */
export async function loadRegion({ mask, boxes, polygons, name }: RegionSource, place: Placement): Promise<Float32Array> {
  const { height, width } = place;
  let plane: Float32Array;
  if (mask !== undefined) {
    const image = await decodeImage(mask, { name, minSide: 1 });
    if (image.height !== height || image.width !== width) {
      throw new DataError("region-size", `${name}: expected a mask of the radiograph's size ${width} x ${height}, got ${image.width} x ${image.height}. Save the mask at the radiograph's own resolution.`);
    }
    plane = image.pixels;
  } else {
    const outside = boxes?.find((box) => box.row < 0 || box.column < 0 || box.row + box.height > height || box.column + box.width > width);
    if (outside !== undefined) {
      throw new DataError("region-size", `${name}: expected boxes inside the radiograph of ${width} x ${height}, got row ${outside.row}, column ${outside.column}, height ${outside.height}, width ${outside.width}. Correct the boxes column.`);
    }
    plane = boxesToMask(boxes ?? [], place);
    if (polygons !== undefined) polygonsToMask(polygons, place).forEach((value, i) => (plane[i] = Math.max(plane[i]!, value)));
  }
  if (!plane.some((value) => value > 0)) {
    throw new DataError("region-empty", `${name}: expected a region with something inside, got an empty one. Correct the mask or leave it out.`);
  }
  return toNetworkFrame(plane, place);
}
