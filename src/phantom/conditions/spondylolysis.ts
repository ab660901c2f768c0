import type { Level } from "../anatomy/dimensions.js";
import { slipTo } from "./measure-plan.js";
import type { Condition } from "./contract.js";

/** A whole break is 2 to 3 mm wide or more; up to 7 mm are drawn, so that it shows at usual sizes of images. No published distribution of widths is followed. */
export const spondylolysis: Condition = {
  title: "Lumbar spondylolysis",
  summary: "A defect of both partes interarticulares, at L5 in nine of ten, without a slip; the body lower behind",
  reference: "Fredrickson et al. 1984, J Bone Joint Surg Am 66:699; Frank and Miller 1979, Radiology 133:59 (L5 lower behind by up to a fifth); Wilms et al. 2009, AJNR 30:674",
  views: ["lumbar-lateral", "whole-spine-lateral"],
  grades: ["gap 2.5 to 4 mm", "gap 4 to 7 mm"],
  people: { ageYears: [14, 60] },
  plan({ random, subject, uneven, wear, grade = 1 + random.integer(2), posture }) {
    const level: Level = random.uniform() < 0.88 ? "L5" : "L4";
    const opening = posture === "flexion" ? 1 : 0;
    const parsGapMm = (grade === 1 ? random.between(2.5, 4) : random.between(4, 7)) + opening;
    const changes = { ...wear, [level]: { ...wear[level], parsGapMm, archStays: true, trapezoidDeg: random.between(3, 8), discShare: random.between(0.5, 0.9) } };
    const plan = slipTo(subject, { shape: uneven, changes, lordosisChangeDeg: 0 }, level, random.between(0, 0.04));
    return { plan, grade: `gap ${parsGapMm.toFixed(1)} mm`, level, relevant: { kind: "pars-and-foramen", levels: [level] } };
  },
};
