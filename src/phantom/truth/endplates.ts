import { asin, atan, atan2, cos, sin } from "../../base/index.js";
import { anteriorReach, endplateLine, posteriorWall, type PlacedVertebra } from "../anatomy/alignment.js";
import { add, degrees, dot, placeIn, scale, subtract, type Vec3 } from "../projection/vector.js";
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
  projectRim(upperRim, placed, 1, { view, raster });
  projectRim(lowerRim, placed, -1, { view, raster });
  const [upperLeft, upperRight] = rimLine(upperRim, lowerRim, -1);
  const [lowerLeft, lowerRight] = rimLine(lowerRim, upperRim, 1);
  const angle = (a: Point, b: Point): number => degrees(atan2(b[1] - a[1], b[0] - a[0]));
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

// Curves are bent to their angle by measuring them again and again: the rims in hand stay in place.
const rimPoints = 29;
/** Column and row of each point. */
const upperRim = new Float64Array(2 * rimPoints);
const lowerRim = new Float64Array(2 * rimPoints);
const turned = new Float64Array(2 * rimPoints);
const samples = 13;
const outermost = new Float64Array(samples);

/** The rim of an endplate on the image: an ellipse cut by the posterior wall. */
function projectRim(rim: Float64Array, placed: PlacedVertebra, end: 1 | -1, { view, raster }: { view: View; raster: Raster }): void {
  const { size, frame } = placed;
  const { slope, z } = endplateLine(placed, end);
  const [a, b] = [(end > 0 ? size.upperWidth : size.lowerWidth) / 2, anteriorReach(size, end)];
  const wall = posteriorWall(size);
  // Points of the endplate on the image are a corner, a step along x and one along y, magnified.
  const origin = alongView(view, subtract(placeIn(frame, [0, 0, z]), view.isocenter));
  const across = alongView(view, frame.x);
  const along = alongView(view, add(frame.y, scale(frame.z, slope)));
  // From one end of the wall round the front to the other; the closing side is the wall.
  const from = asin(Math.min(1, wall / b));
  for (let i = 0; i < rimPoints; i++) {
    const t = Math.PI - from + ((Math.PI + 2 * from) * i) / (rimPoints - 1);
    const [x, y] = [a * cos(t), b * sin(t)];
    const depth = origin[2] + across[2] * x + along[2] * y;
    const magnification = view.sourceMm === Infinity ? 1 : view.sourceMm / (view.sourceMm + depth);
    rim[2 * i] = ((origin[0] + across[0] * x + along[0] * y) * magnification - raster.leftMm) / raster.spacingMm;
    rim[2 * i + 1] = ((origin[1] + across[1] * x + along[1] * y) * magnification - raster.topMm) / raster.spacingMm;
  }
}

/** A vector's parts to the right of, down and into the image. */
function alongView({ right, down, direction }: View, v: Vec3): Vec3 {
  return [dot(v, right), dot(v, down), dot(v, direction)];
}

/**
 * The least-squares line along the upper (side -1) or lower (side 1) rim of a closed outline, between 24 and 76 % of its
 * body's width in a frame turned with the line, and prolonged to the rim's whole width: left and right end.
 */
function rimLine(rim: Float64Array, opposite: Float64Array, side: 1 | -1): [Point, Point] {
  let angle = 0;
  let ends: [Point, Point] = [[0, 0], [0, 0]];
  for (let round = 0; round < 5; round++) {
    const c = cos(angle);
    const s = sin(angle);
    let low = Infinity;
    let high = -Infinity;
    for (let i = 0; i < 2 * rimPoints; i += 2) {
      const u = c * rim[i]! + s * rim[i + 1]!;
      turned[i] = u;
      turned[i + 1] = c * rim[i + 1]! - s * rim[i]!;
      low = Math.min(low, u);
      high = Math.max(high, u);
    }
    let first = low;
    let last = high;
    for (let i = 0; i < 2 * rimPoints; i += 2) {
      const u = c * opposite[i]! + s * opposite[i + 1]!;
      first = Math.min(first, u);
      last = Math.max(last, u);
    }
    // A rim shorter than the body's middle half is taken whole.
    const from = Math.max(low + 0.02 * (high - low), first + 0.24 * (last - first));
    const to = Math.min(high - 0.02 * (high - low), last - 0.24 * (last - first));
    const step = (to - from) / (samples - 1);
    findOutermost(from, step, side);
    let sum = 0;
    let moment = 0;
    for (let i = 0; i < samples; i++) {
      sum += outermost[i]!;
      moment += outermost[i]! * (i - (samples - 1) / 2) * step;
    }
    const slope = (side * moment) / ((step * step * samples * (samples * samples - 1)) / 12);
    const level = (side * sum) / samples;
    const middle = (from + to) / 2;
    const back = (u: number): Point => {
      const v = level + slope * (u - middle);
      return [c * u - s * v, s * u + c * v];
    };
    ends = [back(low), back(high)];
    if (Math.abs(slope) < 1e-5) break;
    angle += atan(slope);
  }
  return ends;
}

/** Where the closed outline in `turned` lies outermost at `from` and at each further step: `side` times v. */
function findOutermost(from: number, step: number, side: 1 | -1): void {
  outermost.fill(-Infinity);
  for (let i = 0; i < 2 * rimPoints; i += 2) {
    const j = i + 2 === 2 * rimPoints ? 0 : i + 2;
    const start = turned[i]!;
    const slope = (turned[j + 1]! - turned[i + 1]!) / (turned[j]! - start);
    const firstSample = Math.max(0, Math.ceil((Math.min(start, turned[j]!) - from) / step));
    const lastSample = Math.min(samples - 1, (Math.max(start, turned[j]!) - from) / step);
    for (let k = firstSample; k <= lastSample; k++) {
      const v = side * (turned[i + 1]! + (from + k * step - start) * slope);
      if (v > outermost[k]!) outermost[k] = v;
    }
  }
}
