import type { Size } from "../../images/index.js";

/** Reused from call to call: the means of rows alone, and the running sums of columns. */
let ofRows = new Float32Array(0);
let sums = new Float64Array(0);

/** Mean over a square of the radius, over what of it is inside; two running sums, in double precision so that nothing creeps in along a line. */
export function boxMean(plane: Float32Array, { height, width }: Size, radius: number, into: Float32Array = new Float32Array(plane.length)): Float32Array {
  if (ofRows.length < plane.length) ofRows = new Float32Array(plane.length);
  meanOfRows(plane, { height, width }, radius, ofRows);
  meanOfColumns(ofRows, { height, width }, radius, into);
  return into;
}

const scales = new Map<number, Float64Array>();

/** One over the number of a line's pixels within the radius. */
function scalesOf(length: number, radius: number): Float64Array {
  const key = 64 * length + radius;
  let known = scales.get(key);
  if (known === undefined) {
    known = new Float64Array(length);
    for (let i = 0; i < length; i++) known[i] = 1 / (Math.min(length - 1, i + radius) - Math.max(0, i - radius) + 1);
    if (scales.size > 2000) scales.clear();
    scales.set(key, known);
  }
  return known;
}

/** Rows one by one: the sums of the part where a square enters and leaves are those of a plain loop. */
function meanOfRows(plane: Float32Array, { height, width }: Size, radius: number, into: Float32Array): void {
  const scale = scalesOf(width, radius);
  const first = Math.min(width, radius + 1);
  const last = Math.max(first, width - radius);
  for (let row = 0; row < height; row++) {
    const at = row * width;
    let sum = 0;
    for (let i = 0; i < Math.min(radius, width); i++) sum += plane[at + i]!;
    for (let i = 0; i < first; i++) {
      if (i < width - radius) sum += plane[at + i + radius]!;
      into[at + i] = sum * scale[i]!;
    }
    const share = scale[Math.min(first, width - 1)]!;
    const ahead = at + radius;
    const behind = at - radius - 1;
    for (let i = first; i < last; i++) {
      // What enters and leaves is added up first, so that a sum waits for the one before by one addition alone.
      sum += plane[ahead + i]! - plane[behind + i]!;
      into[at + i] = sum * share;
    }
    for (let i = last; i < width; i++) {
      sum -= plane[behind + i]!;
      into[at + i] = sum * scale[i]!;
    }
  }
}

/** All columns side by side, row by row: memory is read in its own order. */
function meanOfColumns(plane: Float32Array, { height, width }: Size, radius: number, into: Float32Array): void {
  const shares = scalesOf(height, radius);
  if (sums.length < width) sums = new Float64Array(width);
  sums.fill(0, 0, width);
  for (let row = 0; row < Math.min(radius, height); row++) {
    const at = row * width;
    for (let i = 0; i < width; i++) sums[i]! += plane[at + i]!;
  }
  for (let row = 0; row < height; row++) {
    const at = row * width;
    const share = shares[row]!;
    const isFilled = row + radius < height;
    const isEmptied = row > radius;
    const entering = at + radius * width;
    const leaving = at - (radius + 1) * width;
    if (isFilled && isEmptied) {
      for (let i = 0; i < width; i++) {
        const sum = sums[i]! + plane[entering + i]! - plane[leaving + i]!;
        sums[i] = sum;
        into[at + i] = sum * share;
      }
      continue;
    }
    for (let i = 0; i < width; i++) {
      let sum = sums[i]!;
      if (isFilled) sum += plane[entering + i]!;
      if (isEmptied) sum -= plane[leaving + i]!;
      sums[i] = sum;
      into[at + i] = sum * share;
    }
  }
}
