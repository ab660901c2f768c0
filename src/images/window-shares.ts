import { toImagePoint, type Placement } from "./placement.js";
import type { Box } from "./region.js";

/** A square window as shares of the network's frame: row and column of its center, and its side. */
export type WindowShares = readonly [row: number, column: number, side: number];

/** Pixels of the image become shares of the frame that shows it whole. */
export function toShares(window: Box, { height, width, size, rows, columns, top, left }: Placement): WindowShares {
  const row = ((window.row + window.height / 2) * rows) / height + top;
  const column = ((window.column + window.width / 2) * columns) / width + left;
  const side = (Math.max(window.height, window.width) * (rows / height + columns / width)) / 2;
  return [row / size, column / size, side / size];
}

/** The inverse of {@link toShares}, for square windows. A side below a twentieth of the frame is held there: nothing can be seen on less. */
export function fromShares([row, column, side]: ArrayLike<number> & Iterable<number>, place: Placement): Box {
  const { height, width, size, rows, columns } = place;
  const [r, c] = toImagePoint([row! * size - 0.5, column! * size - 0.5], place);
  const extent = (Math.max(side!, 0.05) * size * 2) / (rows / height + columns / width);
  return { row: r + 0.5 - extent / 2, column: c + 0.5 - extent / 2, height: extent, width: extent };
}
