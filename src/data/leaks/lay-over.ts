import { resizeBilinear, type Size } from "../../images/index.js";
import { boxMean } from "./box-mean.js";
import type { DetailPlane } from "./detail.js";
import type { KeptImage } from "./fingerprint.js";
import { matchGrey } from "./match-grey.js";
import { lineBetween, type Mapping } from "./register.js";

/** Two images where both are: a brought to b's pixels, and the grey levels of one to those of the other. */
export interface Overlap extends Size {
  readonly a: Float32Array;
  readonly b: Float32Array;
  /** First row and column on b, and b's own size. */
  readonly top: number;
  readonly left: number;
  readonly whole: Size;
  /** Share of b that lies inside a. */
  readonly share: number;
}

/** Both images at the scale of the coarser. */
export function toOneScale(a: KeptImage, b: KeptImage, mapping: Mapping): [DetailPlane, DetailPlane] {
  // a's pixel per b's pixel.
  const scale = Math.sqrt(((a.height * mapping.height) / b.height) * ((a.width * mapping.width) / b.width));
  return scale >= 1 ? [scaled(a, 1 / scale), scaled(b, 1)] : [scaled(a, 1), scaled(b, scale)];
}

function scaled({ pixels, height, width }: KeptImage, factor: number): DetailPlane {
  const size = { height: Math.max(8, Math.round(height * factor)), width: Math.max(8, Math.round(width * factor)) };
  const values = new Float32Array(pixels);
  return { ...size, values: size.height === height && size.width === width ? values : resizeBilinear(values, { height, width }, size) };
}

/** Pixels left out at each edge, into which the rest of a frame may have been averaged. */
const inset = 2;

/**
 * Cuts both images to the part that both show, on b's pixels.
 * @param sign negative where one is the negative of the other
 */
export function layOver(a: DetailPlane, b: DetailPlane, m: Mapping, sign: 1 | -1): Overlap | undefined {
  const rows = inside(b.height, (row) => (m.top + (m.height * (row + 0.5)) / b.height) * a.height - 0.5, a.height);
  const columns = inside(b.width, (column) => (m.left + (m.width * (column + 0.5)) / b.width) * a.width - 0.5, a.width);
  const [height, width] = [rows.end - rows.start, columns.end - columns.start];
  if (height < 8 || width < 8) return undefined;
  const [over, under] = [new Float32Array(height * width), new Float32Array(height * width)];
  const firsts = new Int32Array(width);
  const parts = new Float64Array(width);
  for (let column = 0; column < width; column++) {
    const x = within((m.left + (m.width * (columns.start + column + 0.5)) / b.width) * a.width - 0.5, a.width);
    firsts[column] = Math.min(a.width - 2, Math.floor(x));
    parts[column] = x - firsts[column]!;
  }
  const line = new Float64Array(a.width);
  for (let row = 0; row < height; row++) {
    const y = within((m.top + (m.height * (rows.start + row + 0.5)) / b.height) * a.height - 0.5, a.height);
    const above = Math.min(a.height - 2, Math.floor(y));
    lineBetween(a, above, y - above, line);
    const at = row * width;
    for (let column = 0; column < width; column++) {
      const i = firsts[column]!;
      const value = line[i]!;
      over[at + column] = value + parts[column]! * (line[i + 1]! - value);
    }
    const lineB = (rows.start + row) * b.width + columns.start;
    under.set(b.values.subarray(lineB, lineB + width), at);
  }
  return { height, width, top: rows.start, left: columns.start, whole: { height: b.height, width: b.width }, ...toOneContrast(over, under, sign), share: ((height + 2 * inset) * (width + 2 * inset)) / (b.height * b.width) };
}

/** Share of pixels more at the ends of its scale from which an image has lost what the other still has. */
const lost = 0.01;

/** The image that lost less to black and white takes the other's contrast: the reverse would need what is gone. */
function toOneContrast(a: Float32Array, b: Float32Array, sign: 1 | -1): { a: Float32Array; b: Float32Array } {
  return shareAtEnds(a) > shareAtEnds(b) + lost ? { a, b: matchGrey(b, a, sign) } : { a: matchGrey(a, b, sign), b };
}

function shareAtEnds(values: Float32Array): number {
  let [low, high, count] = [Infinity, -Infinity, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  for (let i = 0; i < values.length; i++) if (values[i]! < low + 1 || values[i]! > high - 1) count += 1;
  return count / values.length;
}

function inside(count: number, place: (i: number) => number, length: number): { start: number; end: number } {
  let [start, end] = [0, count];
  while (start < end && place(start) < -0.5) start += 1;
  while (end > start && place(end - 1) > length - 0.5) end -= 1;
  return { start: start + inset, end: end - inset };
}

const within = (place: number, length: number): number => Math.min(length - 1, Math.max(0, place));

/** Two running means one after the other, which come near a Gaussian of deviation sqrt(((2 radius + 1)² - 1) / 6). */
export function smooth(plane: Float32Array, size: Size, radius: number): Float32Array {
  const once = boxMean(plane, size, radius);
  return boxMean(once, size, radius, once);
}
