import type { Divided, Superpixels } from "./contract.js";

/** Cells of equal size: row r of H lies in floor(r rows / H). */
export function gridCells({ height, width }: Pick<Divided, "height" | "width">, rows: number, columns: number): Superpixels {
  const labels = Int32Array.from({ length: height * width }, (_, p) => {
    const row = Math.floor((Math.floor(p / width) * rows) / height);
    return row * columns + Math.floor(((p % width) * columns) / width);
  });
  return { labels, count: rows * columns };
}

/** A grid of about as many cells as asked for, square where the image is. */
export function grid(divided: Divided, segments: number): Superpixels {
  const { height, width } = divided;
  const rows = Math.min(height, Math.max(1, Math.round(Math.sqrt((segments * height) / width))));
  const columns = Math.min(width, Math.max(1, Math.round(segments / rows)));
  return gridCells(divided, rows, columns);
}
