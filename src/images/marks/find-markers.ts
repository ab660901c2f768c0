import { findComponents, type Component } from "./components.js";
import type { Box } from "../region.js";
import type { Mark, Plane } from "./contract.js";
import { topHat } from "./opening.js";

interface Range {
  readonly low: number;
  readonly high: number;
}

/** Largest marker, and smallest, as shares of the image's longer side. */
const sizes = { largest: 0.1, smallest: 0.006 };
/** Steps above the surroundings at which blobs are looked for, as shares of the image's range. */
const steps = [0.2, 0.35, 0.55];
/** A marker stands out from its surroundings by this share of the range, and reaches this far towards the range's end. */
const least = { contrast: 0.25, extreme: { bright: 0.8, dark: 0.97 } };
/** The surroundings vary by less than this share of the contrast. */
const quiet = { bright: 0.5, dark: 0.25 };
/** Share of the contrast that is passed from one pixel to the next somewhere on the outline: lead and print have edges, gas has none. */
const sharp = 0.3;

/** One kind of polarity at a time: the plane is turned over for the dark ones. */
function candidates(plane: Plane, range: Range, polarity: "bright" | "dark"): Mark[] {
  const longer = Math.max(plane.height, plane.width);
  const largest = Math.max(5, sizes.largest * longer);
  const smallest = Math.max(2, sizes.smallest * longer);
  const span = range.high - range.low;
  const residual = topHat(plane, Math.ceil(largest * 1.1));
  const belongs = new Uint8Array(residual.length);
  const found: Mark[] = [];
  const seen = new Set<number>();
  for (const step of steps) {
    for (let i = 0; i < belongs.length; i++) belongs[i] = residual[i]! > step * span ? 1 : 0;
    for (const component of findComponents(belongs, plane.height, plane.width, largest ** 2)) {
      const { row, column, height, width, area } = component;
      if (Math.max(height, width) > largest || Math.max(height, width) < smallest) continue;
      const key = (row * plane.width + column) * 65536 + area;
      if (seen.has(key)) continue;
      seen.add(key);
      const mark = judge(plane, component, range, polarity);
      if (mark !== undefined) found.push(mark);
    }
  }
  return found;
}

/** Whether a blob is sharp, of extreme value and alone in quiet surroundings. */
function judge(plane: Plane, { row, column, height, width, pixels }: Component, range: Range, polarity: "bright" | "dark"): Mark | undefined {
  const span = range.high - range.low;
  const own = Float32Array.from(pixels, (at) => plane.pixels[at]!).sort();
  const top = at(own, 0.8);
  if (top < range.low + least.extreme[polarity] * span) return undefined;
  const size = Math.max(height, width);
  const skirt = 1 + Math.round(size / 12);
  const reach = skirt + Math.max(2, Math.round(size * 0.5));
  const around = ringAround(plane, { row, column, height, width }, skirt, reach);
  if (around.length < 8) return undefined;
  const contrast = top - at(around, 0.5);
  if (contrast < least.contrast * span) return undefined;
  if (at(around, 0.95) - at(around, 0.05) > quiet[polarity] * contrast) return undefined;
  if (steepest(plane, pixels) < sharp * contrast) return undefined;
  return { kind: "marker", polarity, row, column, height, width, contrast: Math.min(1, contrast / span) };
}

const at = (sorted: Float32Array, share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;

/** Values around a box, sorted, from `skirt` to `reach` pixels away. */
function ringAround({ pixels, height, width }: Plane, box: Box, skirt: number, reach: number): Float32Array {
  const [top, left] = [Math.max(0, box.row - reach), Math.max(0, box.column - reach)];
  const [bottom, right] = [Math.min(height, box.row + box.height + reach), Math.min(width, box.column + box.width + reach)];
  const values = new Float32Array((bottom - top) * (right - left));
  let count = 0;
  for (let row = top; row < bottom; row++) {
    const isBeside = row >= box.row - skirt && row < box.row + box.height + skirt;
    for (let column = left; column < right; column++) {
      if (isBeside && column >= box.column - skirt && column < box.column + box.width + skirt) continue;
      values[count] = pixels[row * width + column]!;
      count += 1;
    }
  }
  return values.subarray(0, count).sort();
}

/** Largest step between neighbors along the pixels of a component. */
function steepest({ pixels: values, width, height }: Plane, pixels: Int32Array): number {
  let most = 0;
  for (const at of pixels) {
    const column = at % width;
    const value = values[at]!;
    if (column > 0) most = Math.max(most, value - values[at - 1]!);
    if (column < width - 1) most = Math.max(most, value - values[at + 1]!);
    if (at >= width) most = Math.max(most, value - values[at - width]!);
    if (at < width * (height - 1)) most = Math.max(most, value - values[at + width]!);
  }
  return most;
}

const overlaps = (a: Mark, b: Mark, gap: number): boolean =>
  a.row <= b.row + b.height + gap && b.row <= a.row + a.height + gap && a.column <= b.column + b.width + gap && b.column <= a.column + a.width + gap;

/** A letter and its ring, or the letters of a word, as one mark. */
function merge(marks: readonly Mark[], gap: number): Mark[] {
  const merged: Mark[] = [];
  for (const mark of [...marks].sort((a, b) => b.contrast - a.contrast)) {
    const near = merged.findIndex((other) => other.polarity === mark.polarity && overlaps(other, mark, Math.max(gap, 0.3 * Math.min(other.height, mark.height))));
    if (near < 0) {
      merged.push(mark);
      continue;
    }
    const other = merged[near]!;
    const [row, column] = [Math.min(other.row, mark.row), Math.min(other.column, mark.column)];
    const [bottom, right] = [Math.max(other.row + other.height, mark.row + mark.height), Math.max(other.column + other.width, mark.column + mark.width)];
    merged[near] = { ...other, row, column, height: bottom - row, width: right - column, contrast: Math.max(other.contrast, mark.contrast) };
  }
  return merged.length === marks.length ? merged : merge(merged, gap);
}

/** Most marks of one image that are kept, the clearest first. */
const atMost = 12;

/** Letters, lead markers and other small objects of extreme value that stand alone. */
export function findMarkers({ bright, dark }: { readonly bright: Plane; readonly dark?: Plane }, range: Range): Mark[] {
  const found = candidates(bright, range, "bright");
  if (dark !== undefined) {
    const turned = { ...dark, pixels: dark.pixels.map((value) => 1 - value) };
    found.push(...candidates(turned, { low: 1 - range.high, high: 1 - range.low }, "dark"));
  }
  return merge(found, 1)
    .sort((a, b) => b.contrast * Math.sqrt(b.height * b.width) - a.contrast * Math.sqrt(a.height * a.width))
    .slice(0, atMost);
}
