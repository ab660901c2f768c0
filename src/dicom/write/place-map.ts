import { readOrientation } from "../geometry/orientation.js";
import type { DicomFile } from "../parse/parse-dicom.js";
import type { GridToImage, ResultMap } from "./contract.js";

/** Where the upright image lies in the network's frame, scaled to rows x columns: part of the `Placement` of the room of images. */
export interface FramePlacement {
  /** Side of the frame. */
  readonly size: number;
  readonly rows: number;
  readonly columns: number;
  readonly top: number;
  readonly left: number;
}

/** Follows `first`, then `second`. */
function chain([a, b, c, d, e, f]: GridToImage, second: GridToImage): GridToImage {
  const [g, h, i, j, k, l] = second;
  return [g * a + h * d, g * b + h * e, g * c + h * f + i, j * a + k * d, j * b + k * e, j * c + k * f + l];
}

/** From the upright image back to the stored one, by EXIF turn; `w` and `h` are the stored image's. */
function unturn(turn: number, w: number, h: number): GridToImage {
  switch (turn) {
    case 2: return [-1, 0, w, 0, 1, 0];
    case 3: return [-1, 0, w, 0, -1, h];
    case 4: return [1, 0, 0, 0, -1, h];
    case 5: return [0, 1, 0, 1, 0, 0];
    case 6: return [0, 1, 0, -1, 0, h];
    case 7: return [0, -1, w, -1, 0, h];
    case 8: return [0, -1, w, 1, 0, 0];
    default: return [1, 0, 0, 0, 1, 0];
  }
}

/**
 * Where a map over the network's frame lies on the stored image: the frame's crop or letterbox, the squaring of its pixels
 * and the turn that made it upright are all undone.
 * @param grid height and width of the map, evenly spread over the frame
 */
export function placeMap(file: DicomFile, place: FramePlacement, grid: { readonly height: number; readonly width: number; readonly frame?: number }): GridToImage {
  const { size, rows, columns, top, left } = place;
  const [storedRows, storedColumns] = [file.dataset.number("Rows")!, file.dataset.number("Columns")!];
  const turn = readOrientation(file, grid.frame ?? 0)?.turn ?? 1;
  const [uprightHeight, uprightWidth] = turn > 4 ? [storedColumns, storedRows] : [storedRows, storedColumns];
  const toFrame: GridToImage = [size / grid.width, 0, 0, 0, size / grid.height, 0];
  // Squaring pixels only scales, so it is part of the way from the frame to the upright image as stored.
  const toUpright: GridToImage = [uprightWidth / columns, 0, (-left * uprightWidth) / columns, 0, uprightHeight / rows, (-top * uprightHeight) / rows];
  return chain(chain(toFrame, toUpright), unturn(turn, storedColumns, storedRows));
}

/** The inverse of a map's placement. */
export function imageToGrid([a, b, c, d, e, f]: GridToImage): GridToImage {
  const det = a * e - b * d;
  return [e / det, -b / det, (b * f - c * e) / det, -d / det, a / det, (c * d - a * f) / det];
}

/**
 * The map on the pixels of the stored image: bilinear between the centers of cells, held at the grid's edge, 0 where the grid
 * does not reach.
 * @returns [rows, columns]
 */
export function mapOnImage({ values, height, width, toImage }: ResultMap, { rows, columns }: { readonly rows: number; readonly columns: number }): Float32Array {
  const [a, b, c, d, e, f] = imageToGrid(toImage);
  const result = new Float32Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const u = a * (x + 0.5) + b * (y + 0.5) + c;
      const v = d * (x + 0.5) + e * (y + 0.5) + f;
      if (u < 0 || v < 0 || u > width || v > height) continue;
      const column = Math.min(width - 1, Math.max(0, u - 0.5));
      const row = Math.min(height - 1, Math.max(0, v - 0.5));
      const left = Math.floor(column);
      const top = Math.floor(row);
      const right = Math.min(width - 1, left + 1);
      const bottom = Math.min(height - 1, top + 1);
      const s = column - left;
      const t = row - top;
      const upper = values[top * width + left]! * (1 - s) + values[top * width + right]! * s;
      const lower = values[bottom * width + left]! * (1 - s) + values[bottom * width + right]! * s;
      result[y * columns + x] = upper * (1 - t) + lower * t;
    }
  }
  return result;
}

/** Share of the largest value from which on a pixel belongs to the region, unless a map says otherwise. */
export const defaultThreshold = 0.5;

/**
 * Pixels whose value reaches the threshold's share of the largest one; values against the class never do.
 * @returns 0 or 1 per pixel, all 0 where the map shows nothing
 */
export function regionOf(onImage: Float32Array, threshold = defaultThreshold): Uint8Array {
  let peak = 0;
  for (let i = 0; i < onImage.length; i++) if (onImage[i]! > peak) peak = onImage[i]!;
  const region = new Uint8Array(onImage.length);
  if (peak <= 1e-12) return region;
  const least = threshold * peak;
  for (let i = 0; i < onImage.length; i++) if (onImage[i]! >= least) region[i] = 1;
  return region;
}
