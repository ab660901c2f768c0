import { bendTo } from "./measure-plan.js";
import type { Condition } from "./contract.js";
import { sampleCurve, scolioticShape } from "./scoliosis-curve.js";

/** Bounds of the Cobb angle by grade: under 10 degrees no scoliosis, from 25 a brace, from 40 to 45 surgery is thought of (Negrini et al. 2018, Scoliosis Spinal Disord 13:3). */
const degreesOfGrade = [[10, 25], [25, 40], [40, 60]] as const;

export const scoliosis: Condition = {
  title: "Scoliosis",
  summary: "A lateral curve of 10 degrees or more with rotation of the vertebrae",
  reference: "Lenke et al. 2001, J Bone Joint Surg Am 83:1169; Nash and Moe 1969, J Bone Joint Surg Am 51:223",
  views: ["whole-spine-ap", "lumbar-ap"],
  grades: ["mild (10 to 25 degrees)", "moderate (25 to 40)", "severe (over 40)"],
  people: {},
  plan({ random, subject, wear, cobbDeg, curveType, grade }) {
    const [low, high] = grade === undefined ? (cobbDeg ?? [15, 50]) : degreesOfGrade[grade - 1]!;
    const target = random.between(low, high);
    const curve = sampleCurve(random, curveType);
    const shape = bendTo(subject, (amount) => scolioticShape(curve, amount), target, 0.3);
    const name = target < 25 ? "mild" : target < 40 ? "moderate" : "severe";
    return { plan: { shape, changes: wear, lordosisChangeDeg: 0 }, grade: name, curveType: curve.type };
  },
};
