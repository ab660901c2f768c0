/** A closed outline along pixel edges: x, y, x, y ... from the image's top left corner; the first point is not repeated. */
export type Outline = readonly number[];

export interface TracedRegion {
  /** Outer outline of the part. */
  readonly outline: Outline;
  /** Pixels of the part. */
  readonly area: number;
}

/** Steps to the right, down, left, up. */
const steps = [[1, 0], [0, 1], [-1, 0], [0, -1]] as const;

/** Pixels of one row that belong together, from `start` up to, and without, `end`. */
interface Run {
  readonly row: number;
  readonly start: number;
  readonly end: number;
  /** An earlier run of the same part, or the run itself. */
  parent: Run;
  /** Pixels of the part, at its first run. */
  area: number;
}

function firstOf(run: Run): Run {
  let first = run;
  while (first.parent !== first) first = first.parent;
  run.parent = first;
  return first;
}

function runsOf(mask: Uint8Array, row: number, columns: number): Run[] {
  const runs: Run[] = [];
  const line = mask.subarray(row * columns, (row + 1) * columns);
  for (let start = line.indexOf(1); start >= 0; ) {
    const zero = line.indexOf(0, start);
    const end = zero < 0 ? columns : zero;
    const run = { row, start, end, area: end - start } as Run;
    run.parent = run;
    runs.push(run);
    start = line.indexOf(1, end);
  }
  return runs;
}

/** Joins runs that touch along an edge of their pixels; the earlier one stays the first of the part. */
function join(above: readonly Run[], below: readonly Run[]): void {
  let k = 0;
  for (const run of below) {
    while (k < above.length && above[k]!.end <= run.start) k += 1;
    for (let i = k; i < above.length && above[i]!.start < run.end; i++) {
      const [a, b] = [firstOf(above[i]!), firstOf(run)];
      if (a === b) continue;
      const isEarlier = a.row < b.row || (a.row === b.row && a.start < b.start);
      const [first, other] = isEarlier ? [a, b] : [b, a];
      other.parent = first;
      first.area += other.area;
    }
  }
}

/**
 * Outer outlines of the parts of a region (pixels that touch along an edge), the largest first. Holes are not told.
 * @param mask [rows, columns], 0 or 1
 */
export function traceOutlines(mask: Uint8Array, { rows, columns }: { readonly rows: number; readonly columns: number }): TracedRegion[] {
  const all: Run[] = [];
  let above: Run[] = [];
  for (let row = 0; row < rows; row++) {
    const runs = runsOf(mask, row, columns);
    join(above, runs);
    all.push(...runs);
    above = runs;
  }
  // Pixels of another part are never asked for: the walk looks at neighbors along edges alone.
  const isInside = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < columns && y < rows && mask[y * columns + x] === 1;
  return all
    .filter((run) => run.parent === run)
    .map(({ row, start, area }) => ({ outline: follow(start, row, isInside), area }))
    .sort((a, b) => b.area - a.area);
}

/** Walks with the part on the right hand. */
function follow(startX: number, startY: number, isPart: (x: number, y: number) => boolean): Outline {
  const points: number[] = [];
  let [x, y, direction] = [startX, startY, 0];
  do {
    points.push(x, y);
    const [dx, dy] = steps[direction]!;
    // Straight on while the pixel to the right hand is of the part and the one to the left is not.
    do {
      x += dx;
      y += dy;
    } while (rightOf(x, y, direction, isPart) && !leftOf(x, y, direction, isPart));
    direction = rightOf(x, y, direction, isPart) ? (direction + 3) % 4 : (direction + 1) % 4;
  } while (x !== startX || y !== startY || direction !== 0);
  return points;
}

/** The pixel ahead, right of the way: corners are numbered as the pixel down and right of them. */
function rightOf(x: number, y: number, direction: number, isPart: (x: number, y: number) => boolean): boolean {
  return [isPart(x, y), isPart(x - 1, y), isPart(x - 1, y - 1), isPart(x, y - 1)][direction]!;
}

function leftOf(x: number, y: number, direction: number, isPart: (x: number, y: number) => boolean): boolean {
  return [isPart(x, y - 1), isPart(x, y), isPart(x - 1, y), isPart(x - 1, y - 1)][direction]!;
}

/** Fewer points: those that no line between kept ones misses by more than `tolerance` (Douglas and Peucker 1973). */
export function simplify(outline: Outline, tolerance: number): Outline {
  const count = outline.length / 2;
  if (count <= 4) return outline;
  const keep = new Uint8Array(count + 1);
  keep[0] = keep[count] = 1;
  let far = 0;
  let most = -1;
  for (let i = 1; i < count; i++) {
    const distance = Math.hypot(outline[2 * i]! - outline[0]!, outline[2 * i + 1]! - outline[1]!);
    if (distance > most) [most, far] = [distance, i];
  }
  keep[far] = 1;
  const at = (i: number): [number, number] => [outline[2 * (i % count)]!, outline[2 * (i % count) + 1]!];
  const stack: [number, number][] = [[0, far], [far, count]];
  while (stack.length > 0) {
    const [from, to] = stack.pop()!;
    const [[ax, ay], [bx, by]] = [at(from), at(to)];
    const length = Math.hypot(bx - ax, by - ay);
    let [worst, where] = [tolerance, -1];
    for (let i = from + 1; i < to; i++) {
      const [px, py] = at(i);
      const off = length === 0 ? Math.hypot(px - ax, py - ay) : Math.abs((bx - ax) * (ay - py) - (ax - px) * (by - ay)) / length;
      if (off > worst) [worst, where] = [off, i];
    }
    if (where < 0) continue;
    keep[where] = 1;
    stack.push([from, where], [where, to]);
  }
  const points: number[] = [];
  for (let i = 0; i < count; i++) if (keep[i] === 1) points.push(...at(i));
  return points.length >= 6 ? points : outline;
}
