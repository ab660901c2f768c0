import type { PlacedVertebra } from "../anatomy/alignment.js";
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

/**
 * Projects the endplates of a body. An endplate is an ellipse P cos t + Q sin t on the image; its outermost points to
 * the sides, where d(column)/dt = 0, are where a reader would put the line.
 */
export function projectBody(placed: PlacedVertebra, view: View, raster: Raster): ProjectedBody {
  const { size, frame } = placed;
  const slope = Math.tan((placed.wedgeDeg * Math.PI) / 360);
  const end = (sign: 1 | -1): [Point, Point] => {
    const width = (sign > 0 ? size.upperWidth : size.lowerWidth) / 2;
    const depth = (sign > 0 ? size.upperDepth : size.lowerDepth) * 0.56;
    const at = (x: number, y: number): Point => pixelOf(view, raster, placeIn(frame, [x, y, sign * (size.height / 2 - slope * y)]));
    const [c, p, q] = [at(0, 0), at(width, 0), at(0, depth)];
    const P = [p[0] - c[0], p[1] - c[1]] as const;
    const Q = [q[0] - c[0], q[1] - c[1]] as const;
    const t = Math.atan2(Q[0], P[0]);
    const offset = [P[0] * Math.cos(t) + Q[0] * Math.sin(t), P[1] * Math.cos(t) + Q[1] * Math.sin(t)] as const;
    const out = offset[0] < 0 ? -1 : 1;
    return [
      [c[0] - out * offset[0], c[1] - out * offset[1]],
      [c[0] + out * offset[0], c[1] + out * offset[1]],
    ];
  };
  const [upperLeft, upperRight] = end(1);
  const [lowerLeft, lowerRight] = end(-1);
  const angle = (a: Point, b: Point): number => degrees(Math.atan2(b[1] - a[1], b[0] - a[0]));
  return {
    level: placed.level,
    center: pixelOf(view, raster, frame.origin),
    upperLeft,
    upperRight,
    lowerLeft,
    lowerRight,
    upperAngleDeg: angle(upperLeft, upperRight),
    lowerAngleDeg: angle(lowerLeft, lowerRight),
  };
}
