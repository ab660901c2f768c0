import type { Rectangle } from "./find-text.js";

/** A plane of blocks' sums, with the smallest and the largest. */
export interface ReducedPlane {
  /** [H, W] row-major. */
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly low: number;
  readonly high: number;
}

interface Plane {
  readonly values: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
}

/** Half a side of the surroundings that a pixel is compared with. */
const reach = 16;

/** Memory of the plane at hand: fresh memory for each image would cost as much as what is done with it. */
let scratch = new Float32Array(0);

/** One pixel for each block of step x step: their sum, as only contrasts count. Called for every image, and so written to be fast; the values hold until the next call. */
export function reducePlane({ values, height, width }: Plane, step: number): ReducedPlane {
  const [h, w] = [Math.floor(height / step), Math.floor(width / step)];
  if (scratch.length < h * w) scratch = new Float32Array(h * w);
  const out = scratch;
  let [low, high] = [Infinity, -Infinity];
  for (let r = 0; r < h; r++) {
    for (let c = 0; c < w; c++) {
      let at = r * step * width + c * step;
      let sum = 0;
      if (step === 1) sum = values[at]!;
      else if (step === 2) sum = values[at]! + values[at + 1]! + values[at + width]! + values[at + width + 1]!;
      else for (let y = 0; y < step; y++, at += width) for (let x = 0; x < step; x++) sum += values[at + x]!;
      out[r * w + c] = sum;
      if (sum < low) low = sum;
      if (sum > high) high = sum;
    }
  }
  return { values: out, height: h, width: w, low, high };
}

/**
 * Bounding boxes of connected shapes of a character's size and filling: those brighter, and those darker, than the mean of their
 * surroundings, 33 x 33, by the threshold. One pass over the plane: sums of columns and along the row are carried on.
 */
export function findShapes({ values, height, width }: ReducedPlane, threshold: number): [bright: Rectangle[], dark: Rectangle[]] {
  const columns = new Float64Array(width);
  const [bright, dark] = [new ShapeJoiner(), new ShapeJoiner()];
  for (let r = 0; r < Math.min(reach, height); r++) for (let c = 0; c < width; c++) columns[c]! += values[r * width + c]!;
  // 1 at bright pixels of the row, -1 at dark ones.
  const kinds = new Int8Array(width + 1);
  for (let r = 0; r < height; r++) {
    const [entering, leaving] = [(r + reach) * width, (r - reach - 1) * width];
    if (r + reach < height && r > reach) for (let c = 0; c < width; c++) columns[c]! += values[entering + c]! - values[leaving + c]!;
    else if (r + reach < height) for (let c = 0; c < width; c++) columns[c]! += values[entering + c]!;
    else if (r > reach) for (let c = 0; c < width; c++) columns[c]! -= values[leaving + c]!;
    const tall = Math.min(height, r + reach + 1) - Math.max(0, r - reach);
    const start = r * width;
    let sum = 0;
    for (let c = 0; c < Math.min(reach, width); c++) sum += columns[c]!;
    // Between the edges all surroundings are of one size: no division, and no question, for each pixel.
    const inner = Math.min(width, reach + 1);
    const area = tall * (2 * reach + 1);
    const limit = threshold * area;
    for (let c = 0; c < width; c++) {
      if (c === inner) {
        for (; c < width - reach; c++) {
          sum += columns[c + reach]! - columns[c - reach - 1]!;
          const difference = values[start + c]! * area - sum;
          kinds[c] = difference > limit ? 1 : difference < -limit ? -1 : 0;
        }
        if (c === width) break;
      }
      if (c + reach < width) sum += columns[c + reach]!;
      if (c > reach) sum -= columns[c - reach - 1]!;
      const wide = (c + reach < width ? c + reach + 1 : width) - (c > reach ? c - reach : 0);
      const difference = values[start + c]! - sum / (tall * wide);
      kinds[c] = difference > threshold ? 1 : difference < -threshold ? -1 : 0;
    }
    let [kind, from] = [0, 0];
    for (let c = 0; c <= width; c++) {
      const now = kinds[c]!;
      if (now === kind) continue;
      if (kind !== 0) (kind > 0 ? bright : dark).add(r, from, c);
      kind = now;
      from = c;
    }
  }
  return [bright.shapes(), dark.shapes()];
}

/** Joins runs of pixels that touch, also by a corner, to shapes; runs come from top to bottom and from left to right. */
class ShapeJoiner {
  readonly #parents: number[] = [];
  readonly #tops: number[] = [];
  readonly #bottoms: number[] = [];
  readonly #lefts: number[] = [];
  readonly #rights: number[] = [];
  readonly #areas: number[] = [];
  /** Runs of the row before and of this one: where they begin and end, and their shape. */
  #before: number[] = [];
  #now: number[] = [];
  #row = -1;
  #passed = 0;

  /** @param to the first column after the run */
  add(row: number, from: number, to: number): void {
    if (row !== this.#row) {
      this.#before = row === this.#row + 1 ? this.#now : [];
      this.#now = [];
      this.#row = row;
      this.#passed = 0;
    }
    let shape = -1;
    const before = this.#before;
    while (this.#passed < before.length && before[this.#passed + 1]! < from) this.#passed += 3;
    for (let i = this.#passed; i < before.length && before[i]! <= to; i += 3) {
      const other = this.#root(before[i + 2]!);
      shape = shape === -1 ? other : this.#join(shape, other);
    }
    if (shape === -1) {
      shape = this.#parents.length;
      this.#parents.push(shape);
      this.#tops.push(row);
      this.#bottoms.push(row);
      this.#lefts.push(from);
      this.#rights.push(to);
      this.#areas.push(to - from);
    } else {
      this.#bottoms[shape] = row;
      if (from < this.#lefts[shape]!) this.#lefts[shape] = from;
      if (to > this.#rights[shape]!) this.#rights[shape] = to;
      this.#areas[shape]! += to - from;
    }
    this.#now.push(from, to, shape);
  }

  #root(shape: number): number {
    let root = shape;
    while (this.#parents[root] !== root) root = this.#parents[root]!;
    this.#parents[shape] = root;
    return root;
  }

  #join(a: number, b: number): number {
    if (a === b) return a;
    this.#parents[b] = a;
    this.#tops[a] = Math.min(this.#tops[a]!, this.#tops[b]!);
    this.#bottoms[a] = Math.max(this.#bottoms[a]!, this.#bottoms[b]!);
    this.#lefts[a] = Math.min(this.#lefts[a]!, this.#lefts[b]!);
    this.#rights[a] = Math.max(this.#rights[a]!, this.#rights[b]!);
    this.#areas[a]! += this.#areas[b]!;
    return a;
  }

  /** Those of a character's size. */
  shapes(): Rectangle[] {
    const shapes: Rectangle[] = [];
    for (let i = 0; i < this.#parents.length; i++) {
      if (this.#parents[i] !== i) continue;
      const height = this.#bottoms[i]! - this.#tops[i]! + 1;
      const width = this.#rights[i]! - this.#lefts[i]!;
      const longest = Math.max(height, width);
      const area = this.#areas[i]!;
      if (longest >= 5 && longest <= 60 && area >= 6 && area / (height * width) >= 0.12) shapes.push({ row: this.#tops[i]!, column: this.#lefts[i]!, height, width });
    }
    return shapes;
  }
}
