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
  /** How far a herniation reaches behind the bodies, and how far it has wandered downward; 0 is none. */
  readonly herniationMm: number;
  readonly migrationMm: number;
  /** Depth of the canal behind the disc, from its back to the ligament. */
  readonly canalMm: number;
}

export const discLevels = ["L5", "L4", "L3", "L2", "L1"] as const;
export type DiscLevel = (typeof discLevels)[number];

/** Width of a healthy canal, about 15 to 20 mm; under 12 it is narrow and under 10 stenotic (Verbiest 1975; Steurer et al. 2011, BMC Musculoskelet Disord 12:175). */
const healthyCanalMm: readonly [number, number] = [15, 19];

/** The five lumbar discs of a person; the target disc has the wanted state, the others wear as the age goes. */
export function sampleDiscs(subject: Subject, state: DiscState, target: DiscLevel, random: Random): Disc[] {
  const canal = random.between(...healthyCanalMm);
  return discLevels.map((level, i) => {
    const wear = subject.degeneration * (1.1 - 0.12 * i) + 0.12 * random.normal();
    const background = grade(1.2 + 3.2 * Math.max(0, wear));
    const plain: Disc = { level, pfirrmann: background, bulgeMm: background >= 4 ? random.between(0, 1.2) : random.between(0, 0.6), herniationMm: 0, migrationMm: 0, canalMm: canal };
    if (level !== target) return plain;
    if (state === "normal") return { ...plain, pfirrmann: grade(Math.min(2, background)), bulgeMm: random.between(0, 0.5) };
    const worn = grade(Math.max(background, 3 + random.integer(2)));
    if (state === "bulge") {
      const bulgeMm = random.between(2, 3.6);
      return { ...plain, pfirrmann: worn, bulgeMm, canalMm: canal - bulgeMm };
    }
    if (state === "herniation") {
      const herniationMm = random.between(4, 8);
      return { ...plain, pfirrmann: worn, bulgeMm: random.between(0.3, 1), herniationMm, migrationMm: random.uniform() < 0.35 ? random.between(2, 7) : 0, canalMm: canal - herniationMm };
    }
    return { ...plain, pfirrmann: grade(Math.max(4, background)), bulgeMm: random.between(1.5, 3), canalMm: random.between(5.5, 9) };
  });
}

function grade(value: number): 1 | 2 | 3 | 4 | 5 {
  return Math.min(5, Math.max(1, Math.round(value))) as 1 | 2 | 3 | 4 | 5;
}
