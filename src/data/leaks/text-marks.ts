import type { Box } from "../../images/index.js";
import type { Plane } from "./trim-border.js";

/** A row of small, sharp, alike shapes near an edge of an image: what burned-in writing looks like. It is not read. */
export interface TextMark extends Box {
  /** Shapes in the row. */
  readonly shapes: number;
}

/** Shapes that make a row. */
const leastShapes = 4;
/** Levels of 255 by which writing stands out from what is around it. */
const contrast = 60;
/** Part of each side that is looked at. */
const edgeShare = 0.22;

/**
 * Finds rows of at least four connected shapes of letters' size: much brighter or darker than their surroundings, of
 * similar height, side by side on one line, in the outer 22 % of the image. Says where, not what is written.
 */
export function findTextMarks(plane: Plane): TextMark[] {
  const means = localMeans(plane, Math.max(6, Math.round(plane.height / 40)));
  return [1, -1].flatMap((sign) => joinRows(findShapes(plane, means, sign)));
}

function findShapes({ pixels, height, width }: Plane, means: Float32Array, sign: number): Box[] {
  const isMark = new Uint8Array(pixels.length);
  for (let i = 0; i < isMark.length; i++) isMark[i] = sign * (pixels[i]! - means[i]!) > contrast ? 1 : 0;
  const shapes: Box[] = [];
  const stack: number[] = [];
  const tallest = Math.max(8, 0.05 * height);
  for (let start = 0; start < isMark.length; start++) {
    if (isMark[start] !== 1) continue;
    let [top, left, bottom, right, count] = [height, width, 0, 0, 0];
    stack.push(start);
    isMark[start] = 2;
    while (stack.length > 0) {
      const i = stack.pop()!;
      const row = Math.floor(i / width);
      const column = i - row * width;
      count += 1;
      top = Math.min(top, row);
      bottom = Math.max(bottom, row + 1);
      left = Math.min(left, column);
      right = Math.max(right, column + 1);
      for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x++) {
          if (isMark[y * width + x] !== 1) continue;
          isMark[y * width + x] = 2;
          stack.push(y * width + x);
        }
      }
    }
    const shape = { row: top, column: left, height: bottom - top, width: right - left };
    const isAtEdge = bottom < edgeShare * height || top > (1 - edgeShare) * height || right < edgeShare * width || left > (1 - edgeShare) * width;
    const isLetterLike = shape.height >= 4 && shape.height <= tallest && shape.width <= 1.6 * shape.height && count >= 0.15 * shape.height * shape.width;
    if (isAtEdge && isLetterLike) shapes.push(shape);
  }
  return shapes;
}

function joinRows(shapes: readonly Box[]): TextMark[] {
  const left = [...shapes].sort((a, b) => a.column - b.column);
  const marks: TextMark[] = [];
  while (left.length > 0) {
    const row = [left.shift()!];
    for (let i = 0; i < left.length; ) {
      const [last, next] = [row[row.length - 1]!, left[i]!];
      const gap = next.column - (last.column + last.width);
      const isNext = gap >= -1 && gap <= 0.9 * last.height && Math.abs(next.row + next.height - last.row - last.height) <= 0.3 * last.height && next.height < 1.7 * last.height && last.height < 1.7 * next.height;
      if (isNext) row.push(...left.splice(i, 1));
      else i += 1;
    }
    if (row.length < leastShapes) continue;
    const top = Math.min(...row.map((shape) => shape.row));
    const bottom = Math.max(...row.map((shape) => shape.row + shape.height));
    const [first, last] = [row[0]!, row[row.length - 1]!];
    marks.push({ row: top, column: first.column, height: bottom - top, width: last.column + last.width - first.column, shapes: row.length });
  }
  return marks;
}

function localMeans({ pixels, height, width }: Plane, radius: number): Float32Array {
  const stride = width + 1;
  const sums = new Float64Array((height + 1) * stride);
  for (let row = 0; row < height; row++) {
    let line = 0;
    for (let column = 0; column < width; column++) {
      line += pixels[row * width + column]!;
      sums[(row + 1) * stride + column + 1] = sums[row * stride + column + 1]! + line;
    }
  }
  const means = new Float32Array(pixels.length);
  for (let row = 0; row < height; row++) {
    const [top, bottom] = [Math.max(0, row - radius), Math.min(height, row + radius + 1)];
    for (let column = 0; column < width; column++) {
      const l = column > radius ? column - radius : 0;
      const r = column + radius + 1 < width ? column + radius + 1 : width;
      means[row * width + column] = (sums[bottom * stride + r]! - sums[top * stride + r]! - sums[bottom * stride + l]! + sums[top * stride + l]!) / ((bottom - top) * (r - l));
    }
  }
  return means;
}
