import { findShapes, reducePlane } from "./contrast-shapes.js";

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
  const step = Math.max(1, Math.ceil(Math.max(plane.height, plane.width) / longestSide));
  const small = reducePlane(plane, step);
  if (!(small.high > small.low)) return [];
  const found = findShapes(small, leastContrast * (small.high - small.low)).flatMap((shapes) => [...linesOf(shapes), ...linesOf(shapes.map(turn)).map(turn)]);
  return merge(found)
    .filter((line) => where === "everywhere" || isAtBorder(line, small))
    .map((line) => scaled(line, step, plane));
}

function turn({ row, column, height, width }: Rectangle): Rectangle {
  return { row: column, column: row, height: width, width: height };
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
