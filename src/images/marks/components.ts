import type { Box } from "../region.js";

/** Pixels that hang together, over edges and corners. */
export interface Component extends Box {
  readonly area: number;
  /** Positions in the plane. */
  readonly pixels: Int32Array;
}

/** Components of the pixels that `belongs` marks with 1, larger ones than `largest` pixels left out. */
export function findComponents(belongs: Uint8Array, height: number, width: number, largest = Infinity): Component[] {
  const seen = new Uint8Array(belongs.length);
  const stack = new Int32Array(belongs.length);
  const found: Component[] = [];
  for (let start = 0; start < belongs.length; start++) {
    if (belongs[start] === 0 || seen[start] === 1) continue;
    let top = height;
    let left = width;
    let bottom = -1;
    let right = -1;
    let next = 0;
    let end = 1;
    stack[0] = start;
    seen[start] = 1;
    while (next < end) {
      const at = stack[next]!;
      next += 1;
      const row = Math.floor(at / width);
      const column = at - row * width;
      if (row < top) top = row;
      if (row > bottom) bottom = row;
      if (column < left) left = column;
      if (column > right) right = column;
      const firstRow = row > 0 ? row - 1 : 0;
      const lastRow = row < height - 1 ? row + 1 : row;
      const firstColumn = column > 0 ? column - 1 : 0;
      const lastColumn = column < width - 1 ? column + 1 : column;
      for (let r = firstRow; r <= lastRow; r++) {
        for (let c = firstColumn; c <= lastColumn; c++) {
          const neighbor = r * width + c;
          if (belongs[neighbor] === 1 && seen[neighbor] === 0) {
            seen[neighbor] = 1;
            stack[end] = neighbor;
            end += 1;
          }
        }
      }
    }
    if (end <= largest) found.push({ row: top, column: left, height: bottom - top + 1, width: right - left + 1, area: end, pixels: stack.slice(0, end) });
  }
  return found;
}
