import { findComponents } from "./components.js";
import type { Mark, Plane } from "./contract.js";

interface Range {
  readonly low: number;
  readonly high: number;
}

/** A line is at least this long, as a share of the image's longer side. */
const shortest = 0.06;
/** Ridges stand out from both sides by this share of the range, and reach this far towards its end. */
const least = { contrast: 0.12, extreme: 0.9 };
/** Angles tried over half a turn. */
const angles = 180;
/** Distances are told apart by this many pixels. */
const distanceStep = 2;
/** No image has more lines than this; the longest are kept. */
const atMost = 12;

interface Ridge {
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  readonly count: number;
}

/** Pixels brighter than both sides two and three pixels away, across one of four directions, and near the range's end. */
function findRidge({ pixels, height, width }: Plane, range: Range): Uint8Array {
  const span = range.high - range.low;
  const [rise, floor] = [least.contrast * span, range.low + least.extreme * span];
  const ridge = new Uint8Array(pixels.length);
  const steps = [2, 2 * width, 2 * width + 2, 2 * width - 2];
  for (let row = 2; row < height - 2; row++) {
    for (let at = row * width + 2; at < (row + 1) * width - 2; at++) {
      const value = pixels[at]!;
      if (value < floor) continue;
      for (const step of steps) {
        if (value - pixels[at - step]! >= rise && value - pixels[at + step]! >= rise) {
          ridge[at] = 1;
          break;
        }
      }
    }
  }
  return ridge;
}

/** Positions of ridge pixels, blobs and crowds of them left out: a line is thin. */
function thinPixels(ridge: Uint8Array, { height, width }: Plane): Ridge {
  const rows: number[] = [];
  const columns: number[] = [];
  for (const { area, height: h, width: w, pixels } of findComponents(ridge, height, width)) {
    if (area > 6 * Math.hypot(h, w)) continue;
    for (const at of pixels) {
      rows.push(Math.floor(at / width));
      columns.push(at % width);
    }
  }
  const every = Math.ceil(rows.length / mostPixels);
  const some = (values: readonly number[]): Float64Array => Float64Array.from(every > 1 ? values.filter((_, i) => i % every === 0) : values);
  return { rows: some(rows), columns: some(columns), count: Math.ceil(rows.length / Math.max(1, every)) };
}

/** Smaller images have no thin lines that could be told from anatomy. */
const smallestSide = 256;
/** More ridge pixels than this are texture, of which a part is looked at. */
const mostPixels = 6000;

/**
 * Straight lines drawn on the image, solid or dashed: peaks of the Hough transform over thin ridges of extreme value,
 * kept where half of the way between their ends is drawn.
 * @see R. O. Duda, P. E. Hart, Comm ACM 15, 1972, doi:10.1145/361237.361242
 */
export function findLines(plane: Plane, range: Range): Mark[] {
  const longer = Math.max(plane.height, plane.width);
  if (longer < smallestSide) return [];
  const ridge = thinPixels(findRidge(plane, range), plane);
  const wanted = Math.max(12, shortest * longer);
  const votes = new Votes(ridge, Math.ceil(Math.hypot(plane.height, plane.width) / distanceStep) + 1);
  const found: Mark[] = [];
  for (let round = 0; round < atMost + 4 && found.length < atMost; round++) {
    const peak = votes.peak();
    if (peak.count < 0.5 * wanted) break;
    const { members, segment } = longestRun(ridge, votes, peak, wanted);
    if (members.length === 0) break;
    for (const i of members) votes.remove(i);
    const mark = segment === undefined ? undefined : toMark(segment, plane, range);
    if (mark !== undefined) found.push(mark);
  }
  return found;
}

interface Peak {
  readonly count: number;
  /** Of the line's normal, radians. */
  readonly angle: number;
  /** From the top left pixel along the normal. */
  readonly distance: number;
}

/** Votes of the ridge pixels for lines by angle and distance. */
class Votes {
  readonly free: Uint8Array;
  readonly #ridge: Ridge;
  readonly #offset: number;
  readonly #bins: number;
  readonly #counts: Int32Array;
  readonly #cos = Float64Array.from({ length: angles }, (_, a) => Math.cos((a * Math.PI) / angles));
  readonly #sin = Float64Array.from({ length: angles }, (_, a) => Math.sin((a * Math.PI) / angles));

  constructor(ridge: Ridge, offset: number) {
    this.#ridge = ridge;
    this.#offset = offset;
    this.#bins = 2 * offset + 1;
    this.#counts = new Int32Array(angles * this.#bins);
    this.free = new Uint8Array(ridge.count).fill(1);
    for (let i = 0; i < ridge.count; i++) this.#vote(i, 1);
  }

  #vote(i: number, change: number): void {
    const [row, column] = [this.#ridge.rows[i]!, this.#ridge.columns[i]!];
    for (let a = 0; a < angles; a++) this.#counts[a * this.#bins + this.#offset + Math.round((column * this.#cos[a]! + row * this.#sin[a]!) / distanceStep)]! += change;
  }

  remove(i: number): void {
    this.free[i] = 0;
    this.#vote(i, -1);
  }

  peak(): Peak {
    let count = 0;
    let at = 0;
    for (let i = 0; i < this.#counts.length; i++) {
      const votes = this.#counts[i]!;
      if (votes > count) {
        count = votes;
        at = i;
      }
    }
    return { count, angle: (Math.floor(at / this.#bins) * Math.PI) / angles, distance: ((at % this.#bins) - this.#offset) * distanceStep };
  }
}

interface Segment {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

/** The longest run of a line's pixels without a wide gap; dashes have gaps of about their own length. */
function longestRun({ rows, columns, count }: Ridge, { free }: Votes, { angle, distance }: Peak, wanted: number): { members: number[]; segment?: Segment } {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const near: { i: number; along: number }[] = [];
  for (let i = 0; i < count; i++) {
    if (free[i] === 1 && Math.abs(columns[i]! * cos + rows[i]! * sin - distance) <= 1.8) near.push({ i, along: rows[i]! * cos - columns[i]! * sin });
  }
  near.sort((a, b) => a.along - b.along);
  const gap = Math.max(4, wanted / 4);
  let [start, bestStart, bestEnd] = [0, 0, 0];
  for (let k = 1; k <= near.length; k++) {
    if (k < near.length && near[k]!.along - near[k - 1]!.along <= gap) continue;
    if (near[k - 1]!.along - near[start]!.along > near[bestEnd]!.along - near[bestStart]!.along) [bestStart, bestEnd] = [start, k - 1];
    start = k;
  }
  const run = near.slice(bestStart, bestEnd + 1);
  const members = run.map(({ i }) => i);
  if (run.length < 2) return { members };
  const length = run.at(-1)!.along - run[0]!.along;
  const covered = new Set(run.map(({ along }) => Math.round(along))).size;
  if (length < wanted || covered < 0.55 * length) return { members };
  const at = (along: number): readonly [number, number] => [distance * sin + along * cos, distance * cos - along * sin];
  return { members, segment: { from: at(run[0]!.along), to: at(run.at(-1)!.along) } };
}

/** A segment whose value is even along its way; bone and skin vary, ink does not. */
function toMark({ from, to }: Segment, { pixels, height, width }: Plane, range: Range): Mark | undefined {
  const count = Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]));
  const [rowStep, columnStep] = [(to[0] - from[0]) / count, (to[1] - from[1]) / count];
  const value = (row: number, column: number): number => pixels[Math.min(height - 1, Math.max(0, Math.round(row))) * width + Math.min(width - 1, Math.max(0, Math.round(column)))]!;
  const span = range.high - range.low;
  const on: number[] = [];
  const beside: number[] = [];
  for (let k = 0; k <= count; k++) {
    const [row, column] = [from[0] + k * rowStep, from[1] + k * columnStep];
    on.push(Math.max(...[-2, -1, 0, 1, 2].map((s) => value(row - s * columnStep, column + s * rowStep))));
    beside.push((value(row - 5 * columnStep, column + 5 * rowStep) + value(row + 5 * columnStep, column - 5 * rowStep)) / 2);
  }
  const drawn = on.filter((one) => one >= range.low + least.extreme * span).sort((a, b) => a - b);
  if (drawn.length < 0.5 * on.length) return undefined;
  const evenness = drawn[Math.floor(0.9 * drawn.length)]! - drawn[Math.floor(0.1 * drawn.length)]!;
  const contrast = (mean(on) - mean(beside)) / span;
  if (evenness > 0.1 * span || contrast < least.contrast) return undefined;
  const [top, left] = [Math.max(0, Math.floor(Math.min(from[0], to[0])) - 1), Math.max(0, Math.floor(Math.min(from[1], to[1])) - 1)];
  return {
    kind: "line",
    polarity: "bright",
    row: top,
    column: left,
    height: Math.min(height, Math.ceil(Math.max(from[0], to[0])) + 2) - top,
    width: Math.min(width, Math.ceil(Math.max(from[1], to[1])) + 2) - left,
    contrast: Math.min(1, contrast),
    ends: [from, to],
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
