import { atan, exp, type Random, sin } from "../../base/index.js";
import { levels, type Level } from "../anatomy/dimensions.js";
import type { CoronalShape } from "../anatomy/alignment.js";
import { degrees } from "../projection/vector.js";

/**
 * Where a curve lies, after King et al. 1983 and Lenke et al. 2001 (J Bone Joint Surg Am 83:1169), each as bumps of the
 * spine's deviation: apex, relative size (positive to the right), and half length in levels.
 */
export const curveTypes = {
  "main-thoracic": [{ apex: "T8", size: 1, length: 3.6 }],
  "thoracolumbar": [{ apex: "L1", size: -1, length: 3.8 }],
  "lumbar": [{ apex: "L3", size: -1, length: 2.9 }],
  "double-major": [{ apex: "T8", size: 1, length: 3 }, { apex: "L2", size: -0.9, length: 2.6 }],
  "double-thoracic": [{ apex: "T4", size: -0.55, length: 2.1 }, { apex: "T9", size: 1, length: 3 }],
} as const satisfies Record<string, readonly { apex: Level; size: number; length: number }[]>;

export type CurveType = keyof typeof curveTypes;

/** Angle of one level's height for a mean adult spine, from deviation per level to degrees. */
const bumpOf = (t: number): number => exp((-t * t) / 2);

/** A scoliotic spine: tilt is the slope of the bumps, rotation follows the deviation toward the convex side. */
export interface CurvePlan {
  readonly type: CurveType;
  readonly mirrored: boolean;
  /** Shift of the apices in levels. */
  readonly shift: number;
  /** Axial rotation per degree of Cobb angle at the apex (Nash and Moe 1969; about 0.3 to 0.5). */
  readonly rotationPerCobb: number;
  readonly lengthFactor: number;
}

export function sampleCurve(random: Random, type?: CurveType): CurvePlan {
  return {
    type: type ?? random.pick(Object.keys(curveTypes) as CurveType[]),
    // Nine in ten thoracic curves bulge to the right; the table is written so.
    mirrored: random.uniform() < 0.2,
    shift: random.between(-1, 1),
    rotationPerCobb: random.between(0.2, 0.45),
    lengthFactor: random.between(0.9, 1.1),
  };
}

/** Tilt and rotation of every level for a peak slope (the tangent of the tilt at the steepest point of the largest bump). */
export function scolioticShape(plan: CurvePlan, peakSlope: number): CoronalShape {
  const side = plan.mirrored ? 1 : -1;
  const bumps = curveTypes[plan.type].map((bump) => ({
    at: levels.indexOf(bump.apex) + plan.shift,
    size: bump.size * side,
    length: bump.length * plan.lengthFactor,
  }));
  // The steepest slope of exp(-t²/2) is exp(-1/2), at t = 1.
  const unit = peakSlope * exp(0.5);
  return {
    tiltDeg: (index) => {
      let slope = 0;
      for (const { at, size, length } of bumps) {
        const t = (index - at) / length;
        slope -= unit * size * t * bumpOf(t);
      }
      return degrees(atan(slope)) * pelvisTaper(index);
    },
    rotationDeg: (index) => {
      let turn = 0;
      for (const { at, size, length } of bumps) turn += size * bumpOf((index - at) / length);
      return turn * plan.rotationPerCobb * 2 * degrees(atan(peakSlope)) * pelvisTaper(index);
    },
  };
}

/** The sacrum stays nearly level. */
function pelvisTaper(index: number): number {
  return index === 0 ? 0.15 : index === 1 ? 0.6 : 1;
}

/** The slight waviness and posture of a straight spine. */
export function unevenShape(random: Random): (amplitudeDeg: number) => CoronalShape {
  const waves = [0, 1, 2].map((i) => ({ phase: random.between(0, 6.283), period: random.between(9, 20) / (1 + 0.4 * i), size: random.normal() }));
  const turn = random.normal() * 1.2;
  return (amplitudeDeg) => ({
    tiltDeg: (index) => {
      let tilt = 0;
      for (const wave of waves) tilt += wave.size * sin((index * 6.283) / wave.period + wave.phase);
      return tilt * amplitudeDeg * pelvisTaper(index);
    },
    rotationDeg: (index) => turn * sin(index / 5),
  });
}
