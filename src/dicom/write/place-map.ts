import { InternalError } from "../../base/index.js";
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

/** For each pixel along one axis: the cells around it and the way between them; -1 outside the grid. */
function axisTaps(count: number, cells: number, scale: number, shift: number): { readonly low: Int32Array; readonly high: Int32Array; readonly way: Float64Array } {
  const [low, high, way] = [new Int32Array(count), new Int32Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    const at = scale * (i + 0.5) + shift;
    const inside = Math.min(cells - 1, Math.max(0, at - 0.5));
    low[i] = at < 0 || at > cells ? -1 : Math.floor(inside);
    high[i] = Math.min(cells - 1, low[i]! + 1);
    way[i] = inside - low[i]!;
  }
  return { low, high, way };
}

/**
 * The map on the pixels of the stored image: bilinear between the centers of cells, held at the grid's edge, 0 where the grid
 * does not reach.
 * @returns [rows, columns]
 */
export function mapOnImage({ values, height, width, toImage }: Pick<ResultMap, "values" | "height" | "width" | "toImage">, { rows, columns }: { readonly rows: number; readonly columns: number }): Float32Array {
  const [a, b, c, d, e, f] = imageToGrid(toImage);
  const turned = a === 0 && e === 0;
  if (!turned && (b !== 0 || d !== 0)) throw new InternalError("map-place", "place of the heat map: expected one along rows and columns, got an oblique one. Correct the program.");
  // Of a grid that lies on its side, the cells along an image row are those of a column.
  const [across, down] = turned ? [axisTaps(columns, height, d, f), axisTaps(rows, width, b, c)] : [axisTaps(columns, width, a, c), axisTaps(rows, height, e, f)];
  const [alongStep, downStep, cells] = turned ? [width, 1, height] : [1, width, width];
  const result = new Float32Array(rows * columns);
  const blended = new Float64Array(cells);
  for (let y = 0; y < rows; y++) {
    const [top, bottom, t] = [down.low[y]!, down.high[y]!, down.way[y]!];
    if (top < 0) continue;
    for (let i = 0; i < cells; i++) blended[i] = values[i * alongStep + top * downStep]! * (1 - t) + values[i * alongStep + bottom * downStep]! * t;
    const start = y * columns;
    for (let x = 0; x < columns; x++) {
      const left = across.low[x]!;
      if (left < 0) continue;
      const s = across.way[x]!;
      result[start + x] = blended[left]! * (1 - s) + blended[across.high[x]!]! * s;
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
