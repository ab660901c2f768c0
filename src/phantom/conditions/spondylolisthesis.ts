import { wearDisc } from "../anatomy/degeneration.js";
import type { Level } from "../anatomy/dimensions.js";
import { meyerdingGrade } from "../truth/slip.js";
import { slipTo } from "./measure-plan.js";
import type { Condition } from "./contract.js";

export const degenerativeSpondylolisthesis: Condition = {
  title: "Degenerative lumbar spondylolisthesis",
  summary: "L4 slips with its whole arch over L5, up to a third, with a narrowed disc, osteophytes and bulky facet joints",
  reference: "Jacobsen et al. 2007, Spine 32:120; Rosenberg 1975, J Bone Joint Surg Am 57:467; Fitzgerald and Newman 1976, J Bone Joint Surg Br 58:184",
  views: ["lumbar-lateral", "whole-spine-lateral"],
  grades: ["I", "II"],
  people: { ageYears: [48, 82] },
  plan({ random, subject, uneven, wear, posture, grade = random.uniform() < 0.8 ? 1 : 2 }) {
    const level: Level = random.uniform() < 0.82 ? "L4" : random.uniform() < 0.5 ? "L3" : "L5";
    const neutral = grade === 1 ? random.between(0.13, 0.23) : random.between(0.27, 0.36);
    const share = neutral + dynamicShare(posture) * random.between(0.4, 1);
    const worn = { discShare: random.between(0.3, 0.55), sclerosis: random.between(0.12, 0.28), osteophyteMm: random.between(2, 6) };
    const wornDisc = wearDisc(wear, level, worn);
    const changes = { ...wornDisc, [level]: { ...wornDisc[level], facetArthrosis: random.between(0.5, 1) } };
    const plan = slipTo(subject, { shape: uneven, changes, lordosisChangeDeg: 0 }, level, share);
    return { plan, grade: `Meyerding ${meyerdingGrade(share)}`, level, relevant: { kind: "pars-and-foramen", levels: [level] } };
  },
};

export const isthmicSpondylolisthesis: Condition = {
  title: "Isthmic lumbar spondylolisthesis",
  summary: "L5 slips over S1 through broken partes; its arch and spinous process stay behind",
  reference: "Wiltse, Newman and Macnab 1976, Clin Orthop 117:23",
  views: ["lumbar-lateral", "whole-spine-lateral"],
  grades: ["I", "II", "III", "IV"],
  people: { ageYears: [16, 65] },
  plan({ random, subject, uneven, wear, posture, grade = [1, 1, 1, 2, 2, 3][random.integer(6)]! }) {
    const level: Level = random.uniform() < 0.88 ? "L5" : "L4";
    const share = (grade - 1) * 0.25 + random.between(grade === 1 ? 0.11 : 0.03, 0.22) + dynamicShare(posture) * random.between(0.2, 0.8);
    const worn = wearDisc(wear, level, { discShare: random.between(0.35, 0.75), sclerosis: random.between(0, 0.2), osteophyteMm: 0 });
    const changes = { ...worn, [level]: { ...worn[level], parsGapMm: random.between(4, 7), archStays: true, trapezoidDeg: random.between(3, 8) } };
    const plan = slipTo(subject, { shape: uneven, changes, lordosisChangeDeg: 0 }, level, share);
    return { plan, grade: `Meyerding ${meyerdingGrade(share)}`, level, relevant: { kind: "pars-and-foramen", levels: [level] } };
  },
};

/** Change of the slip on bending: about 3 mm between flexion and extension (Boden and Wiesel 1990, Spine 15:571). */
function dynamicShare(posture: "neutral" | "flexion" | "extension"): number {
  return posture === "flexion" ? 0.06 : posture === "extension" ? -0.03 : 0;
}
