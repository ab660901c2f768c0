import type { ProjectedBody } from "./endplates.js";

/** A curve between two end vertebrae. */
export interface CobbAngle {
  readonly angleDeg: number;
  readonly upperEnd: string;
  readonly lowerEnd: string;
  /** The vertebra (of those between) that lies farthest from the line of the ends' centers. */
  readonly apex: string;
  /** Side the curve bulges to, as seen on the image of a patient facing the tube. */
  readonly convexity: "left" | "right";
}

/**
 * The largest Cobb angle: over all pairs, the angle between the upper endplate of the upper and the lower endplate of the
 * lower vertebra.
 * @param bodies from the lowest to the highest
 * @see Cobb 1948, Instr Course Lect 5:261
 */
export function measureCobb(bodies: readonly ProjectedBody[]): CobbAngle {
  let best = { angleDeg: -1, lower: 0, upper: 0 };
  for (let lower = 0; lower < bodies.length; lower++) {
    for (let upper = lower + 1; upper < bodies.length; upper++) {
      const angleDeg = Math.abs(bodies[upper]!.upperAngleDeg - bodies[lower]!.lowerAngleDeg);
      if (angleDeg > best.angleDeg) best = { angleDeg, lower, upper };
    }
  }
  const [a, b] = [bodies[best.lower]!.center, bodies[best.upper]!.center];
  let apex = { index: best.lower, offset: 0 };
  for (let i = best.lower; i <= best.upper; i++) {
    const p = bodies[i]!.center;
    const t = (p[1] - a[1]) / (b[1] - a[1]);
    const offset = p[0] - (a[0] + t * (b[0] - a[0]));
    if (Math.abs(offset) > Math.abs(apex.offset)) apex = { index: i, offset };
  }
  return {
    angleDeg: best.angleDeg,
    upperEnd: bodies[best.upper]!.level,
    lowerEnd: bodies[best.lower]!.level,
    apex: bodies[apex.index]!.level,
    // The patient's left is on the right of the image.
    convexity: apex.offset > 0 ? "left" : "right",
  };
}
