import { cylinder, type HalfSpace, type Material, type Primitive } from "./primitive.js";
import { add, dot, frameAlong, mix, normalize, scale, subtract, type Vec3 } from "./vector.js";

export interface TubeOptions {
  /** Half axes of the cross-section: along `towards`, and across it. */
  readonly radius: readonly [number, number];
  /** Wall thickness; the tube is solid where left out. */
  readonly wallMm?: number;
  readonly wall: Material;
  /** What fills the inside, relative to the wall (so usually negative). */
  readonly core?: Material;
  readonly towards: Vec3;
}

/** A bent tube through the points: straight pieces cut at the bisecting planes, so that they neither gap nor overlap. */
export function tube(points: readonly Vec3[], options: TubeOptions): Primitive[] {
  const pieces: Primitive[] = [];
  const directions = points.slice(1).map((p, i) => normalize(subtract(p, points[i]!)));
  const last = directions.length - 1;
  for (let i = 0; i <= last; i++) {
    const [start, end, along] = [points[i]!, points[i + 1]!, directions[i]!];
    const before = i === 0 ? along : normalize(add(along, directions[i - 1]!));
    const after = i === last ? along : normalize(add(along, directions[i + 1]!));
    const cuts: HalfSpace[] = [
      { normal: scale(before, -1), offset: -dot(before, start) },
      { normal: after, offset: dot(after, end) },
    ];
    const length = Math.sqrt(dot(subtract(end, start), subtract(end, start)));
    const frame = frameAlong(mix(start, end, 0.5), along, options.towards);
    const [a, b] = options.radius;
    const halfLength = length / 2 + Math.max(a, b);
    pieces.push({ ...cylinder(frame, [a, b, halfLength], options.wall), cuts });
    const wall = options.wallMm ?? Infinity;
    if (options.core !== undefined && wall < Math.min(a, b)) {
      pieces.push({ ...cylinder(frame, [a - wall, b - wall, halfLength], options.core), cuts });
    }
  }
  return pieces;
}

/** Points of a Catmull-Rom curve through the knots, `perPiece` steps between neighbors. */
export function smoothCurve(knots: readonly Vec3[], perPiece: number): Vec3[] {
  const points: Vec3[] = [];
  for (let i = 0; i + 1 < knots.length; i++) {
    const [p0, p1, p2, p3] = [knots[Math.max(0, i - 1)]!, knots[i]!, knots[i + 1]!, knots[Math.min(knots.length - 1, i + 2)]!];
    for (let k = 0; k < perPiece; k++) {
      const t = k / perPiece;
      const at = (c: 0 | 1 | 2): number =>
        0.5 * (2 * p1[c] + (p2[c] - p0[c]) * t + (2 * p0[c] - 5 * p1[c] + 4 * p2[c] - p3[c]) * t * t + (3 * p1[c] - p0[c] - 3 * p2[c] + p3[c]) * t * t * t);
      points.push([at(0), at(1), at(2)]);
    }
  }
  points.push(knots[knots.length - 1]!);
  return points;
}
