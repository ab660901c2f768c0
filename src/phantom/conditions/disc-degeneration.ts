import type { Level } from "../anatomy/dimensions.js";
import type { Condition } from "./contract.js";

export const discDegeneration: Condition = {
  title: "Disc degeneration",
  summary: "A narrowed disc with endplate sclerosis and osteophytes",
  reference: "Kellgren and Lawrence 1958, Ann Rheum Dis 17:388; Lane et al. 1993, J Rheumatol 20:1911",
  views: ["lumbar-lateral", "lumbar-ap", "whole-spine-lateral"],
  grades: ["mild", "moderate", "severe"],
  people: { ageYears: [35, 80] },
  plan({ random, uneven, wear, grade = 1 + random.integer(3) }) {
    const level = random.pick<Level>(["L5", "L5", "L4", "L4", "L3"]);
    const left = [random.between(0.6, 0.72), random.between(0.4, 0.55), random.between(0.15, 0.3)][grade - 1]!;
    const worn = { discShare: left, sclerosis: 0.06 + 0.08 * grade, osteophyteMm: 1.5 + 1.6 * grade };
    return {
      plan: { shape: uneven, changes: { ...wear, [level]: { ...wear[level], ...worn } }, lordosisChangeDeg: 0 },
      grade: ["mild", "moderate", "severe"][grade - 1]!,
      level,
      relevant: { kind: "disc", levels: [level] },
    };
  },
};
