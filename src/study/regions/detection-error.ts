import type { Box } from "../../images/index.js";

/** Intersection over union of two boxes, 0 to 1. */
export function overlapOf(a: Box, b: Box): number {
  const along = (from: number, length: number, other: number, otherLength: number): number => Math.max(0, Math.min(from + length, other + otherLength) - Math.max(from, other));
  const shared = along(a.row, a.height, b.row, b.height) * along(a.column, a.width, b.column, b.width);
  return shared / (a.height * a.width + b.height * b.width - shared);
}

/** Distance between two boxes' centers, as a share of the second one's longer side. */
export function centerError(found: Box, truth: Box): number {
  const down = found.row + found.height / 2 - truth.row - truth.height / 2;
  const right = found.column + found.width / 2 - truth.column - truth.width / 2;
  return Math.hypot(down, right) / Math.max(truth.height, truth.width);
}
