import type { Random } from "../../base/index.js";

/** One person: everything that stays the same from visit to visit. */
export interface Subject {
  readonly sex: "F" | "M";
  readonly ageYears: number;
  /** Height of the spine relative to the adult mean of the tables. */
  readonly stature: number;
  /** Width of bones relative to the mean, apart from stature. */
  readonly boneWidth: number;
  /** Body mass index, kg/m². */
  readonly bmi: number;
  /** Share of mineral in trabecular bone, as cortical bone fills it. */
  readonly trabecular: number;
  readonly cortexMm: number;
  /** 0 none to 1 severe: narrowed discs, osteophytes, endplate sclerosis. */
  readonly degeneration: number;
  /** Slope of the upper endplate of the sacrum. */
  readonly sacralSlopeDeg: number;
  /** L1 to S1. */
  readonly lordosisDeg: number;
  /** T4 to T12. */
  readonly kyphosisDeg: number;
}

export interface SubjectRange {
  readonly ageYears?: readonly [number, number];
  readonly sex?: "F" | "M";
}

/**
 * A person drawn from published spreads: sacral slope 40 +- 8, lordosis 58 +- 10 (tied to the slope) and kyphosis
 * 38 +- 9 degrees (Vialle et al. 2005, J Bone Joint Surg Am 87:260; Roussouly et al. 2005, Spine 30:346; kyphosis grows
 * with age, Fon et al. 1980, AJR 134:979); trabecular density falls from about 180 to 80 mg/cm³ between 20 and 80 years (Riggs et al.
 * 2004, J Bone Miner Res 19:1945); disc degeneration with age (Miller et al. 1988, Spine 13:173).
 */
export function sampleSubject(random: Random, range: SubjectRange = {}): Subject {
  const [youngest, oldest] = range.ageYears ?? [12, 60];
  const sex = range.sex ?? (random.uniform() < 0.6 ? "F" : "M");
  const ageYears = Math.round(random.between(youngest, oldest));
  const growth = ageYears >= 17 ? 1 : 0.8 + (0.2 * (ageYears - 10)) / 7;
  const stature = growth * (sex === "M" ? 1.03 : 0.96) * (1 + 0.035 * bounded(random));
  const slope = 40 + 7 * bounded(random);
  return {
    sex,
    ageYears,
    stature,
    boneWidth: (sex === "M" ? 1.03 : 0.96) * (1 + 0.04 * bounded(random)),
    bmi: Math.min(36, Math.max(16, (ageYears < 18 ? 20 : 24) + 3 * bounded(random))),
    trabecular: Math.max(0.05, (180 - 1.7 * Math.max(0, ageYears - 20) + 22 * bounded(random)) / 1000),
    cortexMm: Math.max(0.6, 1.1 - 0.004 * Math.max(0, ageYears - 40) + 0.12 * bounded(random)),
    degeneration: Math.min(1, Math.max(0, (ageYears - 30) / 60 + 0.15 * bounded(random))),
    sacralSlopeDeg: slope,
    lordosisDeg: 57 + 0.75 * (slope - 40) + 6 * bounded(random),
    kyphosisDeg: 35 + 0.2 * Math.max(0, ageYears - 40) + 7 * bounded(random),
  };
}

/** A standard normal number held within 2.2 standard deviations. */
export function bounded(random: Random): number {
  return Math.max(-2.2, Math.min(2.2, random.normal()));
}
