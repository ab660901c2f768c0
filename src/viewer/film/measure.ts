/** [row, column] in pixels of the upright image. */
export type Point = readonly [row: number, column: number];
/** Millimetres of a pixel: [row, column]. */
export type Spacing = readonly [row: number, column: number];

const toPlane = (p: Point, [sr, sc]: Spacing): [x: number, y: number] => [p[1] * sc, p[0] * sr];

/** Distance of two points, in the unit of `spacing`. */
export function measureLength(a: Point, b: Point, spacing: Spacing): number {
  const [[ax, ay], [bx, by]] = [toPlane(a, spacing), toPlane(b, spacing)];
  return Math.hypot(bx - ax, by - ay);
}

/** Angle at `apex` between its two arms, 0 to 180 degrees. */
export function measureAngleDeg(a: Point, apex: Point, b: Point, spacing: Spacing): number {
  const [[ax, ay], [ox, oy], [bx, by]] = [toPlane(a, spacing), toPlane(apex, spacing), toPlane(b, spacing)];
  const [px, py, qx, qy] = [ax - ox, ay - oy, bx - ox, by - oy];
  return (Math.atan2(Math.abs(px * qy - py * qx), px * qx + py * qy) * 180) / Math.PI;
}

/**
 * Cobb angle of two end plates, each a line through two points: the angle between the lines, 0 to 90 degrees. The order of the two points of
 * a line does not matter.
 * @see Cobb, Outline for the study of scoliosis, Instr Course Lect 5 (1948) 261
 */
export function measureCobbDeg([a, b, c, d]: readonly [Point, Point, Point, Point], spacing: Spacing): number {
  const line = (from: Point, to: Point): [number, number] => {
    const [[x0, y0], [x1, y1]] = [toPlane(from, spacing), toPlane(to, spacing)];
    return [x1 - x0, y1 - y0];
  };
  const [[px, py], [qx, qy]] = [line(a, b), line(c, d)];
  return (Math.atan2(Math.abs(px * qy - py * qx), Math.abs(px * qx + py * qy)) * 180) / Math.PI;
}

export interface Slip {
  /** How far the upper vertebra's back edge lies in front of the lower one's, along the lower plate; negative behind it. */
  readonly length: number;
  /** Of the lower plate's length. */
  readonly share: number;
  /** Meyerding's grade: 0 none (under 2 %), 1 to 25 %, 2 to 50 %, 3 to 75 %, 4 to 100 %, 5 beyond. */
  readonly grade: 0 | 1 | 2 | 3 | 4 | 5;
}

/**
 * Slip of a vertebra on the one below, from the back and front end of the lower vertebra's upper plate and of the upper vertebra's lower plate.
 * @see Meyerding, Spondylolisthesis, Surg Gynecol Obstet 54 (1932) 371; Taillard, J Bone Joint Surg 36-B (1954) 591 for the share
 */
export function measureSlip([back, front, upperBack]: readonly [Point, Point, Point, Point], spacing: Spacing): Slip {
  const [[bx, by], [fx, fy], [ux, uy]] = [toPlane(back, spacing), toPlane(front, spacing), toPlane(upperBack, spacing)];
  const plate = Math.hypot(fx - bx, fy - by);
  const length = plate === 0 ? 0 : ((ux - bx) * (fx - bx) + (uy - by) * (fy - by)) / plate;
  const share = plate === 0 ? 0 : length / plate;
  const size = Math.abs(share);
  return { length, share, grade: size < 0.02 ? 0 : size <= 0.25 ? 1 : size <= 0.5 ? 2 : size <= 0.75 ? 3 : size <= 1 ? 4 : 5 };
}
