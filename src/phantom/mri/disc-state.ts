import type { Random } from "../../base/index.js";
import type { Subject } from "../anatomy/subject.js";

export const discStates = ["normal", "bulge", "herniation", "stenosis"] as const;
export type DiscState = (typeof discStates)[number];

/** One lumbar disc, named by the vertebra above. */
export interface Disc {
  readonly level: DiscLevel;
  /** 1 bright and tall to 5 dark and collapsed (Pfirrmann et al. 2001, Spine 26:1873). */
  readonly pfirrmann: 1 | 2 | 3 | 4 | 5;
  /** How far the whole back of the disc stands behind the bodies. */
  readonly bulgeMm: number;
  /** How far a herniation reaches behind the bodies (4 to 12 mm are usual), and how far it has wandered downward; 0 is none. */
  readonly herniationMm: number;
  readonly migrationMm: number;
  /** Depth of the canal behind the disc, from its back to the ligament. */
  readonly canalMm: number;
  /** Thickness of the ligamentum flavum behind the canal. */
  readonly flavumMm: number;
}

export const discLevels = ["L5", "L4", "L3", "L2", "L1"] as const;
export type DiscLevel = (typeof discLevels)[number];

/** Width of a healthy canal, about 15 to 20 mm; under 12 it is narrow and under 10 stenotic (Verbiest 1975; Steurer et al. 2011, BMC Musculoskelet Disord 12:175). */
const healthyCanalMm: readonly [number, number] = [15, 19];

/**
 * Ages at which a state is usual: herniation mostly between 30 and 50 (Jordan et al. 2011, BMJ Clin Evid 1118), stenosis
 * mostly after 50 (Kalichman et al. 2009, Spine J 9:545); the ranges overlap.
 */
export const agesOfState = { normal: [20, 65], bulge: [28, 70], herniation: [24, 64], stenosis: [46, 80] } as const satisfies Record<DiscState, readonly [number, number]>;

/** Levels by frequency: nine in ten herniations at L4-5 or L5-S1 (Jordan et al. 2011); stenosis most often at L4-5, then L3-4 (Kalichman et al. 2009). */
export const levelsOfState = {
  normal: ["L5", "L4", "L3"],
  bulge: ["L5", "L4", "L4", "L3"],
  herniation: ["L5", "L5", "L5", "L5", "L4", "L4", "L4", "L4", "L4", "L3"],
  stenosis: ["L4", "L4", "L4", "L4", "L3", "L3", "L5", "L2"],
} as const satisfies Record<DiscState, readonly DiscLevel[]>;

/**
 * The five lumbar discs of a person; the target disc has the wanted state, the others wear as the age goes. Only in stenosis
 * a neighbor may be narrowed too: without it no other disc has a herniation, a stenosis or a bulge over 1.2 mm.
 */
export function sampleDiscs(subject: Subject, state: DiscState, target: DiscLevel, random: Random): Disc[] {
  const canal = random.between(...healthyCanalMm);
  const beside = state === "stenosis" && random.uniform() < 0.6 ? discLevels[discLevels.indexOf(target) + (target === "L5" || random.uniform() < 0.6 ? 1 : -1)] : undefined;
  return discLevels.map((level, i) => {
    const wear = subject.degeneration * (1.1 - 0.12 * i) + 0.12 * random.normal();
    const background = grade(1.2 + 2.8 * Math.max(0, wear));
    const bulge = background >= 4 ? random.between(0, 1.2) : random.between(0, 0.6);
    const plain: Disc = { level, pfirrmann: background, bulgeMm: bulge, herniationMm: 0, migrationMm: 0, canalMm: canal, flavumMm: random.between(2, 3.5) };
    if (level === beside) return { ...plain, ...narrowed(random, background, random.between(7.5, 10.5)) };
    if (level !== target) return plain;
    if (state === "normal") return { ...plain, pfirrmann: grade(Math.min(2, background)), bulgeMm: random.between(0, 0.5) };
    const worn = grade(Math.max(background, 3 + random.integer(2)));
    if (state === "bulge") {
      const bulgeMm = random.between(2, 3.6);
      return { ...plain, pfirrmann: worn, bulgeMm, canalMm: canal - bulgeMm };
    }
    if (state === "herniation") {
      const herniationMm = random.between(5.5, 11);
      const migrationMm = random.uniform() < 0.5 ? random.between(2, 9) : 0;
      return { ...plain, pfirrmann: worn, bulgeMm: random.between(0.3, 1), herniationMm, migrationMm, canalMm: Math.max(3.5, canal - herniationMm) };
    }
    return { ...plain, ...narrowed(random, background, random.between(4, 8)) };
  });
}

/** Narrowed from both sides: a bulging worn disc in front, a thick ligament behind. */
function narrowed(random: Random, background: number, canalMm: number): Pick<Disc, "pfirrmann" | "bulgeMm" | "canalMm" | "flavumMm"> {
  return { pfirrmann: grade(Math.max(4, background)), bulgeMm: random.between(2.5, 4), canalMm, flavumMm: random.between(5, 7.5) };
}

function grade(value: number): 1 | 2 | 3 | 4 | 5 {
  return Math.min(5, Math.max(1, Math.round(value))) as 1 | 2 | 3 | 4 | 5;
}
