import { anteriorReach, endplateLine, posteriorWall, type PlacedVertebra } from "../anatomy/alignment.js";
import { placeIn, degrees } from "../projection/vector.js";
import { pixelOf, type Raster, type View } from "../projection/view.js";

/** A point on the image, (column, row) in pixels. */
export type Point = readonly [number, number];

/** The projected endplates of a body: the outermost points of each, and the angle of the line between them. */
export interface ProjectedBody {
  readonly level: string;
  readonly center: Point;
  readonly upperLeft: Point;
  readonly upperRight: Point;
  readonly lowerRight: Point;
  readonly lowerLeft: Point;
  /** Angle of the endplate lines to the image's rows, positive where the right end lies lower. */
  readonly upperAngleDeg: number;
  readonly lowerAngleDeg: number;
}

/** The projected endplates of a body, as a reader lays lines on them: along the outer rim of each, over its middle half. */
export function projectBody(placed: PlacedVertebra, view: View, raster: Raster): ProjectedBody {
  const [upper, lower] = [projectRim(placed, 1, view, raster), projectRim(placed, -1, view, raster)];
  const [upperLeft, upperRight] = rimLine(upper, lower, -1);
  const [lowerLeft, lowerRight] = rimLine(lower, upper, 1);
  const angle = (a: Point, b: Point): number => degrees(Math.atan2(b[1] - a[1], b[0] - a[0]));
  return {
    level: placed.level,
    center: pixelOf(view, raster, placed.frame.origin),
    upperLeft,
    upperRight,
    lowerLeft,
    lowerRight,
    upperAngleDeg: angle(upperLeft, upperRight),
    lowerAngleDeg: angle(lowerLeft, lowerRight),
  };
}

/** The rim of an endplate on the image: an ellipse cut by the posterior wall. */
function projectRim(placed: PlacedVertebra, end: 1 | -1, view: View, raster: Raster): Point[] {
  const { size, frame } = placed;
  const { slope, z } = endplateLine(placed, end);
  const [a, b] = [(end > 0 ? size.upperWidth : size.lowerWidth) / 2, anteriorReach(size, end)];
  const wall = posteriorWall(size);
  // From one end of the wall round the front to the other; the closing side is the wall.
  const from = Math.asin(Math.min(1, wall / b));
  return Array.from({ length: 29 }, (_, i) => {
    const t = Math.PI - from + ((Math.PI + 2 * from) * i) / 28;
    const [x, y] = [a * Math.cos(t), b * Math.sin(t)];
    return pixelOf(view, raster, placeIn(frame, [x, y, z + slope * y]));
  });
}

/**
 * The least-squares line along the upper (side -1) or lower (side 1) rim of a closed outline, between 24 and 76 % of its
 * body's width in a frame turned with the line, and prolonged to the rim's whole width: left and right end.
 */
function rimLine(rim: readonly Point[], opposite: readonly Point[], side: 1 | -1): [Point, Point] {
  const samples = 13;
  let angle = 0;
  let ends: [Point, Point] = [rim[0]!, rim[0]!];
  for (let round = 0; round < 5; round++) {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const turned = rim.map(([x, y]): Point => [c * x + s * y, -s * x + c * y]);
    let [low, high] = [Infinity, -Infinity];
    for (const [u] of turned) [low, high] = [Math.min(low, u), Math.max(high, u)];
    let [sum, moment] = [0, 0];
    let [first, last] = [low, high];
    for (const [x, y] of opposite) {
      const u = c * x + s * y;
      [first, last] = [Math.min(first, u), Math.max(last, u)];
    }
    // A rim shorter than the body's middle half is taken whole.
    const from = Math.max(low + 0.02 * (high - low), first + 0.24 * (last - first));
    const to = Math.min(high - 0.02 * (high - low), last - 0.24 * (last - first));
    const [middle, step] = [(from + to) / 2, (to - from) / (samples - 1)];
    for (let i = 0; i < samples; i++) {
      const offset = (i - (samples - 1) / 2) * step;
      const v = outermost(turned, middle + offset, side);
      sum += v;
      moment += v * offset;
    }
    const slope = moment / (step * step * samples * (samples * samples - 1) / 12);
    const level = sum / samples;
    const back = (u: number): Point => {
      const v = level + slope * (u - middle);
      return [c * u - s * v, s * u + c * v];
    };
    ends = [back(low), back(high)];
    if (Math.abs(slope) < 1e-5) break;
    angle += Math.atan(slope);
  }
  return ends;
}

/** The outer of the points where a closed outline crosses u. */
function outermost(outline: readonly Point[], u: number, side: 1 | -1): number {
  let best = -Infinity;
  for (let i = 0; i < outline.length; i++) {
    const [p, q] = [outline[i]!, outline[(i + 1) % outline.length]!];
    if (p[0] <= u !== q[0] <= u) best = Math.max(best, side * (p[1] + ((u - p[0]) / (q[0] - p[0])) * (q[1] - p[1])));
  }
  return side * best;
}
