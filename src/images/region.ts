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

/** Where a region of interest is told: a mask image of the radiograph's size, or boxes on it. */
export interface RegionSource {
  /** Mask image: black outside, white inside. */
  readonly mask?: string;
  readonly boxes?: readonly Box[];
  /** How errors call it. */
  readonly name: string;
}

/**
 * Loads a region of interest and carries it into the network frame, border 0.
 * @param place placement of the radiograph the region belongs to
 * @returns [S, S] in 0..1
 * @throws DataError `region-size` when mask or boxes do not fit the radiograph, `region-empty` when nothing is inside
 */
export async function loadRegion({ mask, boxes, name }: RegionSource, place: Placement): Promise<Float32Array> {
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
  }
  if (!plane.some((value) => value > 0)) {
    throw new DataError("region-empty", `${name}: expected a region with something inside, got an empty one. Correct the mask or leave it out.`);
  }
  return toNetworkFrame(plane, place);
}
