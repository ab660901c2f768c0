import type { ProjectedBody } from "./endplates.js";

/** Forward displacement of a vertebra over the one below. */
export interface Slip {
  readonly level: string;
  readonly over: string;
  /** Distance between the posterior corners along the lower one's upper endplate; forward is positive. */
  readonly slipMm: number;
  /** Slip as a share of that endplate's depth. */
  readonly share: number;
  readonly meyerding: MeyerdingGrade;
}

export type MeyerdingGrade = "0" | "I" | "II" | "III" | "IV" | "V";

/**
 * Slip on a lateral view (the patient faces left).
 * @see Meyerding 1932, Surg Gynecol Obstet 54:371; measured as Taillard 1954
 */
export function measureSlip(upper: ProjectedBody, lower: ProjectedBody, spacingMm: number): Slip {
  const [front, back] = [lower.upperLeft, lower.upperRight];
  const [dx, dy] = [front[0] - back[0], front[1] - back[1]];
  const depth = Math.sqrt(dx * dx + dy * dy);
  const corner = upper.lowerRight;
  const slipPx = ((corner[0] - back[0]) * dx + (corner[1] - back[1]) * dy) / depth;
  return { level: upper.level, over: lower.level, slipMm: slipPx * spacingMm, share: slipPx / depth, meyerding: meyerdingGrade(slipPx / depth) };
}

/** Grade by quarters of the endplate; less than a twentieth is no slip, more than all of it is grade V. */
export function meyerdingGrade(share: number): MeyerdingGrade {
  if (Math.abs(share) < 0.05) return "0";
  const grades = ["I", "II", "III", "IV", "V"] as const;
  return grades[Math.min(4, Math.max(0, Math.ceil(Math.abs(share) * 4) - 1))]!;
}
