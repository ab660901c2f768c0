/** A rectangle of an image, in its pixels. */
export interface Rectangle {
  readonly row: number;
  readonly column: number;
  readonly height: number;
  readonly width: number;
}

interface Plane {
  /** [H, W] row-major. */
  readonly values: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
}

export interface FindTextOptions {
  /** `"border"` (default): lines whose middle lies in the outer quarter of the image; `"everywhere"`. */
  readonly where?: "border" | "everywhere";
}

const longestSide = 1400;
const leastCharacters = 3;
/** Contrast to the surroundings, as a share of the image's range of grey, from which a pixel belongs to a character. */
const leastContrast = 0.22;

/**
 * Finds lines of burned-in text: groups of small, sharp, bright or dark shapes of one height in one row or column. Single
 * letters, as side markers are, make no line.
 * @returns rectangles with a margin, in pixels of the plane
 */
export function findText(plane: Plane, { where = "border" }: FindTextOptions = {}): Rectangle[] {
  const step = Math.max(1, Math.floor(Math.max(plane.height, plane.width) / longestSide) + (Math.max(plane.height, plane.width) > longestSide ? 1 : 0));
  const small = step === 1 ? plane : reduce(plane, step);
  const [low, high] = grayRange(small.values);
  if (!(high > low)) return [];
  const found = contrastMasks(small, leastContrast * (high - low)).flatMap((mask) => {
    const shapes = shapesOf(mask, small);
    return [...linesOf(shapes), ...linesOf(shapes.map(turn)).map(turn)];
  });
  return merge(found)
    .filter((line) => where === "everywhere" || isAtBorder(line, small))
    .map((line) => scaled(line, step, plane));
}

function turn({ row, column, height, width }: Rectangle): Rectangle {
  return { row: column, column: row, height: width, width: height };
}

/** Every step-th pixel by the mean of its block. */
function reduce({ values, height, width }: Plane, step: number): Plane {
  const [h, w] = [Math.floor(height / step), Math.floor(width / step)];
  const out = new Float32Array(h * w);
  for (let r = 0; r < h; r++) {
    for (let c = 0; c < w; c++) {
      let sum = 0;
      for (let y = 0; y < step; y++) for (let x = 0; x < step; x++) sum += values[(r * step + y) * width + c * step + x]!;
      out[r * w + c] = sum / (step * step);
    }
  }
  return { values: out, height: h, width: w };
}

function grayRange(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Pixels brighter, and pixels darker, than the mean of their surroundings, 33 x 33, by the threshold. */
function contrastMasks({ values, height, width }: Plane, threshold: number): [Uint8Array, Uint8Array] {
  const reach = 16;
  const sums = new Float64Array((height + 1) * (width + 1));
  for (let r = 0; r < height; r++) {
    let line = 0;
    for (let c = 0; c < width; c++) {
      line += values[r * width + c]!;
      sums[(r + 1) * (width + 1) + c + 1] = sums[r * (width + 1) + c + 1]! + line;
    }
  }
  const bright = new Uint8Array(height * width);
  const dark = new Uint8Array(height * width);
  for (let r = 0; r < height; r++) {
    const top = Math.max(0, r - reach);
    const bottom = Math.min(height, r + reach + 1);
    const [above, below] = [top * (width + 1), bottom * (width + 1)];
    for (let c = 0; c < width; c++) {
      const left = c > reach ? c - reach : 0;
      const right = c + reach < width ? c + reach + 1 : width;
      const sum = sums[below + right]! - sums[above + right]! - sums[below + left]! + sums[above + left]!;
      const difference = values[r * width + c]! - sum / ((bottom - top) * (right - left));
      if (difference > threshold) bright[r * width + c] = 1;
      else if (difference < -threshold) dark[r * width + c] = 1;
    }
  }
  return [bright, dark];
}

/** Bounding boxes of connected shapes of a character's size and filling. */
function shapesOf(mask: Uint8Array, { height, width }: Plane): Rectangle[] {
  const shapes: Rectangle[] = [];
  const stack: number[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] !== 1) continue;
    let [top, bottom, left, right, area] = [height, 0, width, 0, 0];
    stack.push(start);
    mask[start] = 2;
    while (stack.length > 0) {
      const at = stack.pop()!;
      const [r, c] = [Math.floor(at / width), at % width];
      area += 1;
      [top, bottom, left, right] = [Math.min(top, r), Math.max(bottom, r), Math.min(left, c), Math.max(right, c)];
      for (let y = Math.max(0, r - 1); y <= Math.min(height - 1, r + 1); y++) {
        for (let x = Math.max(0, c - 1); x <= Math.min(width - 1, c + 1); x++) {
          if (mask[y * width + x] === 1) {
            mask[y * width + x] = 2;
            stack.push(y * width + x);
          }
        }
      }
    }
    const shape = { row: top, column: left, height: bottom - top + 1, width: right - left + 1 };
    const longest = Math.max(shape.height, shape.width);
    if (longest >= 5 && longest <= 60 && area >= 6 && area / (shape.height * shape.width) >= 0.12) shapes.push(shape);
  }
  return shapes;
}

/** Groups of shapes of one height, side by side. */
function linesOf(shapes: readonly Rectangle[]): Rectangle[] {
  const sorted = shapes.filter(({ height, width }) => height >= 5 && width <= 3 * height).sort((a, b) => a.column - b.column);
  const group = sorted.map((_, i) => i);
  const rootOf = (i: number): number => (group[i] === i ? i : (group[i] = rootOf(group[i]!)));
  for (let i = 0; i < sorted.length; i++) {
    const a = sorted[i]!;
    for (let j = i + 1; j < sorted.length && sorted[j]!.column - a.column < 4 * 60; j++) {
      const b = sorted[j]!;
      const tall = Math.max(a.height, b.height);
      const gap = b.column - (a.column + a.width);
      const offset = Math.abs(a.row + a.height / 2 - (b.row + b.height / 2));
      if (gap <= 1.3 * tall && tall <= 1.7 * Math.min(a.height, b.height) && offset <= 0.35 * tall) group[rootOf(j)] = rootOf(i);
    }
  }
  const lines = new Map<number, Rectangle[]>();
  sorted.forEach((shape, i) => lines.set(rootOf(i), [...(lines.get(rootOf(i)) ?? []), shape]));
  return [...lines.values()].filter((line) => line.length >= leastCharacters).map(around);
}

function around(parts: readonly Rectangle[]): Rectangle {
  const row = Math.min(...parts.map((part) => part.row));
  const column = Math.min(...parts.map((part) => part.column));
  return { row, column, height: Math.max(...parts.map((part) => part.row + part.height)) - row, width: Math.max(...parts.map((part) => part.column + part.width)) - column };
}

/** Rectangles that touch become one. */
function merge(rectangles: readonly Rectangle[]): Rectangle[] {
  const merged: Rectangle[] = [];
  for (const one of rectangles) {
    let current = one;
    for (let i = 0; i < merged.length; ) {
      const other = merged[i]!;
      const apart = other.row > current.row + current.height || current.row > other.row + other.height || other.column > current.column + current.width || current.column > other.column + other.width;
      if (apart) i += 1;
      else {
        current = around([current, other]);
        merged.splice(i, 1);
        i = 0;
      }
    }
    merged.push(current);
  }
  return merged;
}

function isAtBorder({ row, column, height, width }: Rectangle, plane: Plane): boolean {
  const [y, x] = [(row + height / 2) / plane.height, (column + width / 2) / plane.width];
  return Math.min(y, 1 - y, x, 1 - x) < 0.25;
}

/** Back in pixels of the plane, with a margin of half a line for what the threshold cut off. */
function scaled({ row, column, height, width }: Rectangle, step: number, plane: Plane): Rectangle {
  const margin = Math.ceil(0.5 * Math.min(height, width) + 2);
  const top = Math.max(0, (row - margin) * step);
  const left = Math.max(0, (column - margin) * step);
  return { row: top, column: left, height: Math.min(plane.height, (row + height + margin) * step) - top, width: Math.min(plane.width, (column + width + margin) * step) - left };
}
