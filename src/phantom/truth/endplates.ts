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

/** The projected endplates of a body, as a reader of that view would draw them. */
export function projectBody(placed: PlacedVertebra, view: View, raster: Raster): ProjectedBody {
  const ends = Math.abs(view.direction[1]) > 0.7 ? frontalEnd : lateralEnd;
  const [upperLeft, upperRight] = ends(placed, 1, view, raster);
  const [lowerLeft, lowerRight] = ends(placed, -1, view, raster);
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

/** From the front an endplate is an ellipse P cos t + Q sin t; its outermost points, where d(column)/dt = 0, end the reader's line. */
function frontalEnd(placed: PlacedVertebra, end: 1 | -1, view: View, raster: Raster): [Point, Point] {
  const { size, frame } = placed;
  const { slope, z } = endplateLine(placed, end);
  const width = (end > 0 ? size.upperWidth : size.lowerWidth) / 2;
  const at = (x: number, y: number): Point => pixelOf(view, raster, placeIn(frame, [x, y, z + slope * y]));
  const [c, p, q] = [at(0, 0), at(width, 0), at(0, anteriorReach(size, end))];
  const [P, Q] = [[p[0] - c[0], p[1] - c[1]] as const, [q[0] - c[0], q[1] - c[1]] as const];
  const t = Math.atan2(Q[0], P[0]);
  const [du, dv] = [P[0] * Math.cos(t) + Q[0] * Math.sin(t), P[1] * Math.cos(t) + Q[1] * Math.sin(t)];
  const out = du < 0 ? -1 : 1;
  return [[c[0] - out * du, c[1] - out * dv], [c[0] + out * du, c[1] + out * dv]];
}

/** From the side the line runs from the anterior to the posterior corner (the patient faces left). */
function lateralEnd(placed: PlacedVertebra, end: 1 | -1, view: View, raster: Raster): [Point, Point] {
  const { slope, z } = endplateLine(placed, end);
  const at = (y: number): Point => pixelOf(view, raster, placeIn(placed.frame, [0, y, z + slope * y]));
  return [at(-anteriorReach(placed.size, end)), at(posteriorWall(placed.size))];
}
