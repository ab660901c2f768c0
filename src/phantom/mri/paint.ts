import { cos, sin } from "../../base/index.js";

/** A map of small numbers on a fine raster in the sagittal plane: columns run backward, rows downward. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly pitchMm: number;
  /** Position of the first pixel's outer corner: y (backward) and z (up), millimetres. */
  readonly frontMm: number;
  readonly topMm: number;
  readonly data: Uint8Array;
}

/** A corner in the sagittal plane: (y, z) in millimetres. */
export type Corner = readonly [number, number];

/** Columns at which each row crosses the polygon in hand, in order, and how many there are. */
let [crossings, crossingCount] = [new Float64Array(0), new Uint16Array(0)];

/** Fills a polygon by the even-odd rule, pixel centers decide. */
export function fillPolygon(canvas: Canvas, corners: readonly Corner[], value: number): void {
  const { width, height, pitchMm, frontMm, topMm, data } = canvas;
  const perRow = corners.length;
  if (crossings.length < height * perRow) crossings = new Float64Array(height * perRow);
  if (crossingCount.length < height) crossingCount = new Uint16Array(height);
  crossingCount.fill(0, 0, height);
  let [first, last] = [height, -1];
  for (let i = 0; i < perRow; i++) {
    const [p, q] = [corners[i]!, corners[i + 1 === perRow ? 0 : i + 1]!];
    const [ax, ay, bx, by] = [(p[0] - frontMm) / pitchMm, (topMm - p[1]) / pitchMm, (q[0] - frontMm) / pitchMm, (topMm - q[1]) / pitchMm];
    // Rows whose centers lie from the edge's upper end, included, to its lower one.
    const top = Math.max(0, Math.ceil(Math.min(ay, by) - 0.5));
    const bottom = Math.min(height, Math.ceil(Math.max(ay, by) - 0.5)) - 1;
    first = Math.min(first, top);
    last = Math.max(last, bottom);
    const slope = (bx - ax) / (by - ay);
    for (let r = top; r <= bottom; r++) {
      const x = ax + (r + 0.5 - ay) * slope;
      const start = r * perRow;
      let at = start + crossingCount[r]!++;
      for (; at > start && crossings[at - 1]! > x; at--) crossings[at] = crossings[at - 1]!;
      crossings[at] = x;
    }
  }
  for (let r = first; r <= last; r++) {
    const end = r * perRow + crossingCount[r]!;
    for (let i = r * perRow; i + 1 < end; i += 2) {
      const from = Math.max(0, Math.ceil(crossings[i]! - 0.5));
      const to = Math.min(width - 1, Math.ceil(crossings[i + 1]! - 0.5) - 1);
      if (to >= from) data.fill(value, r * width + from, r * width + to + 1);
    }
  }
}

/** A ribbon along a polyline, its width given at each point. */
export function fillRibbon(canvas: Canvas, line: readonly Corner[], frontMm: (i: number) => number, backMm: (i: number) => number, value: number): void {
  fillPolygon(canvas, [...line.map(([y, z], i) => [y - frontMm(i), z] as const), ...line.map(([y, z], i) => [y + backMm(i), z] as const).reverse()], value);
}

/** An ellipse about a center, turned by an angle. */
export function ellipseCorners(center: Corner, half: Corner, turnRad = 0): Corner[] {
  const [c, s] = [cos(turnRad), sin(turnRad)];
  return Array.from({ length: 48 }, (_, i) => {
    const [a, b] = [half[0] * cos((i * Math.PI) / 24), half[1] * sin((i * Math.PI) / 24)];
    return [center[0] + a * c - b * s, center[1] + a * s + b * c];
  });
}

/** The closed curve through the corners (Catmull-Rom), `perEdge` points between neighbors. */
export function roundCorners(corners: readonly Corner[], perEdge = 6): Corner[] {
  const n = corners.length;
  return corners.flatMap((_, i) => curveBetween([corners[(i + n - 1) % n]!, corners[i]!, corners[(i + 1) % n]!, corners[(i + 2) % n]!], perEdge));
}

/** The open curve through the knots. */
export function smoothLine(knots: readonly Corner[], perPiece = 6): Corner[] {
  const last = knots.length - 1;
  const points = knots.slice(0, last).flatMap((_, i) => curveBetween([knots[Math.max(0, i - 1)]!, knots[i]!, knots[i + 1]!, knots[Math.min(last, i + 2)]!], perPiece));
  return [...points, knots[last]!];
}

function curveBetween([p0, p1, p2, p3]: readonly [Corner, Corner, Corner, Corner], steps: number): Corner[] {
  return Array.from({ length: steps }, (_, k) => {
    const t = k / steps;
    const at = (c: 0 | 1): number =>
      0.5 * (2 * p1[c] + (p2[c] - p0[c]) * t + (2 * p0[c] - 5 * p1[c] + 4 * p2[c] - p3[c]) * t * t + (3 * p1[c] - p0[c] - 3 * p2[c] + p3[c]) * t * t * t);
    return [at(0), at(1)];
  });
}
