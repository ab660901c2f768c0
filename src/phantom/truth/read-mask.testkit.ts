import type { TruthBox } from "./masks.js";

/** A line found on a silhouette alone, through a point (column, row) in pixels. */
export interface FittedLine {
  readonly angleDeg: number;
  readonly through: readonly [number, number];
}

/**
 * Fits an edge of a silhouette as a reader lays a ruler on it: the outermost pixels of each column between 24 and 76 % of
 * the width, in a frame turned with the line until it rests.
 */
export function fitEdge(box: TruthBox, imageWidth: number, edge: "upper" | "lower" | "back", nearDeg = 0): FittedLine {
  const pixels = pixelsOf(box, imageWidth);
  const center = pixels.reduce(([x, y], p) => [x + p[0] / pixels.length, y + p[1] / pixels.length], [0, 0]) as [number, number];
  // The back is the upper edge after a quarter turn.
  const start: number = edge === "back" ? Math.PI / 2 : edge === "lower" ? Math.PI : 0;
  let angle = start + (nearDeg * Math.PI) / 180;
  let level = 0;
  for (let round = 0; round < 12; round++) {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const tops = new Map<number, number>();
    for (const [x, y] of pixels) {
      const u = c * (x - center[0]) + s * (y - center[1]);
      const v = -s * (x - center[0]) + c * (y - center[1]);
      const bin = Math.round(u);
      tops.set(bin, Math.min(tops.get(bin) ?? Infinity, v));
    }
    const bins = [...tops.keys()];
    const [low, high] = [Math.min(...bins), Math.max(...bins)];
    const points = [...tops].filter(([u]) => u > low + 0.24 * (high - low) && u < low + 0.76 * (high - low));
    const mean = points.reduce(([x, y], p) => [x + p[0] / points.length, y + p[1] / points.length], [0, 0]);
    const slope = points.reduce((sum, p) => sum + (p[0] - mean[0]) * (p[1] - mean[1]), 0) / points.reduce((sum, p) => sum + (p[0] - mean[0]) ** 2, 0);
    // The outer rim of the outermost pixels lies about half a pixel beyond their centers.
    level = mean[1] - slope * mean[0] - 0.5;
    angle += Math.atan(slope);
  }
  const through: [number, number] = [center[0] - Math.sin(angle) * level, center[1] + Math.cos(angle) * level];
  return { angleDeg: ((angle - start) * 180) / Math.PI, through };
}

/** Where two fitted lines meet. */
export function crossing(a: FittedLine, aTurnDeg: number, b: FittedLine, bTurnDeg: number): [number, number] {
  const [p, q] = [((a.angleDeg + aTurnDeg) * Math.PI) / 180, ((b.angleDeg + bTurnDeg) * Math.PI) / 180];
  const [d, e] = [[Math.cos(p), Math.sin(p)] as const, [Math.cos(q), Math.sin(q)] as const];
  const [x, y] = [b.through[0] - a.through[0], b.through[1] - a.through[1]];
  const t = (x * e[1] - y * e[0]) / (d[0] * e[1] - d[1] * e[0]);
  return [a.through[0] + t * d[0], a.through[1] + t * d[1]];
}

function pixelsOf(box: TruthBox, imageWidth: number): (readonly [number, number])[] {
  const pixels: (readonly [number, number])[] = [];
  for (let i = 0; i < box.runs.length; i += 2) {
    for (let at = box.runs[i]!; at < box.runs[i]! + box.runs[i + 1]!; at++) pixels.push([(at % imageWidth) + 0.5, Math.floor(at / imageWidth) + 0.5]);
  }
  return pixels;
}
