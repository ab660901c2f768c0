import type { Shape } from "../../server/contract.js";
import type { Point } from "./measure.js";

export const pointTools = ["length", "angle", "cobb", "slip", "box", "polygon"] as const;
export type PointTool = (typeof pointTools)[number];
export const tools = ["window", "pan", "zoom", ...pointTools, "brush"] as const;
export type Tool = (typeof tools)[number];

export function isPointTool(tool: Tool): tool is PointTool {
  return (pointTools as readonly string[]).includes(tool);
}

/** Points that end a drawing; a polygon is ended by hand. */
export const pointsOf: Readonly<Record<PointTool, number>> = { length: 2, angle: 3, cobb: 4, slip: 4, box: 2, polygon: Infinity };

const round = ([row, column]: Point): [number, number] => [Math.round(row * 100) / 100, Math.round(column * 100) / 100];

/** The shape that points make, or undefined while there are too few. */
export function shapeOf(tool: PointTool, points: readonly Point[]): Shape | undefined {
  const rounded = points.map(round);
  if (tool === "polygon") return rounded.length < 3 ? undefined : { kind: "polygon", points: rounded };
  if (rounded.length < pointsOf[tool]) return undefined;
  if (tool !== "box") return { kind: tool, points: rounded };
  const [[r0, c0], [r1, c1]] = rounded as [[number, number], [number, number]];
  if (r0 === r1 || c0 === c1) return undefined;
  return { kind: "box", box: { row: Math.min(r0, r1), column: Math.min(c0, c1), height: Math.abs(r1 - r0), width: Math.abs(c1 - c0) } };
}

/** Points of a shape that has some. */
export function outlineOf(shape: Shape): readonly Point[] {
  if (shape.kind === "brush") return [];
  if (shape.kind !== "box") return shape.points;
  const { row, column, height, width } = shape.box;
  return [[row, column], [row, column + width], [row + height, column + width], [row + height, column]];
}

/** Runs of a mask: [start, length, start, length, ...] over pixels in row-major order. */
export function encodeRuns(mask: Uint8Array): number[] {
  const runs: number[] = [];
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    const start = i;
    while (i < mask.length && mask[i] !== 0) i++;
    runs.push(start, i - start);
  }
  return runs;
}

export function decodeRuns(runs: readonly number[], pixels: number): Uint8Array {
  const mask = new Uint8Array(pixels);
  for (let i = 0; i + 1 < runs.length; i += 2) mask.fill(1, runs[i], runs[i]! + runs[i + 1]!);
  return mask;
}

/** Paints a disc along a line into a mask, or takes it away. */
export function stroke(mask: Uint8Array, { height, width }: { readonly height: number; readonly width: number }, from: Point, to: Point, { radius, value }: { readonly radius: number; readonly value: 0 | 1 }): void {
  const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / Math.max(0.5, radius / 3)));
  for (let s = 0; s <= steps; s++) {
    const [row, column] = [from[0] + ((to[0] - from[0]) * s) / steps, from[1] + ((to[1] - from[1]) * s) / steps];
    for (let y = Math.max(0, Math.floor(row - radius)); y < Math.min(height, row + radius); y++) {
      const half = Math.sqrt(Math.max(0, radius ** 2 - (y + 0.5 - row) ** 2));
      const [left, right] = [Math.max(0, Math.round(column - half)), Math.min(width, Math.round(column + half))];
      if (right > left) mask.fill(value, y * width + left, y * width + right);
    }
  }
}
