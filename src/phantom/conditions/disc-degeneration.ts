import { wearDisc } from "../anatomy/degeneration.js";
import type { Level } from "../anatomy/dimensions.js";
import type { Condition } from "./contract.js";

export const discDegeneration: Condition = {
  title: "Disc degeneration",
  summary: "A narrowed disc with endplate sclerosis and osteophytes on both sides of it; gas in it where severe",
  reference: "Kellgren and Lawrence 1958, Ann Rheum Dis 17:388; Lane et al. 1993, J Rheumatol 20:1911",
  views: ["lumbar-lateral", "lumbar-ap", "whole-spine-lateral"],
  grades: ["mild", "moderate", "severe"],
  people: { ageYears: [35, 80] },
  plan({ random, uneven, wear, grade = 1 + random.integer(3) }) {
    const level = random.pick<Level>(["L5", "L5", "L4", "L4", "L3"]);
    const left = [random.between(0.6, 0.72), random.between(0.4, 0.55), random.between(0.2, 0.32)][grade - 1]!;
    const vacuumMm = grade === 3 || (grade === 2 && random.uniform() < 0.4) ? 2 : undefined;
    const changes = wearDisc(wear, level, { discShare: left, sclerosis: 0.05 + 0.09 * grade, osteophyteMm: 1.5 + 2.3 * grade, vacuumMm });
    return {
      plan: { shape: uneven, changes, lordosisChangeDeg: 0 },
      grade: ["mild", "moderate", "severe"][grade - 1]!,
      level,
      relevant: { kind: "disc", levels: [level] },
    };
  },
};
