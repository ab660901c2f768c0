import type { Level } from "../anatomy/dimensions.js";
import type { Fracture } from "../anatomy/plan.js";
import type { Condition } from "./contract.js";

/** Share of the height lost, by Genant's grade: 20 to 25, 25 to 40, over 40 percent. */
const lossOfGrade = [[0.2, 0.25], [0.26, 0.4], [0.41, 0.6]] as const;

export const compressionFracture: Condition = {
  title: "Vertebral compression fracture",
  summary: "A wedge, biconcave or crush deformity, mostly about the thoracolumbar junction",
  reference: "Genant et al. 1993, J Bone Miner Res 8:1137",
  views: ["lumbar-lateral", "lumbar-ap", "whole-spine-lateral"],
  grades: ["Genant 1", "Genant 2", "Genant 3"],
  people: { ageYears: [50, 85] },
  plan({ random, uneven, wear, grade = 1 + random.integer(3) }) {
    const level = random.pick<Level>(["T12", "L1", "L1", "L2", "L3"]);
    const [low, high] = lossOfGrade[grade - 1]!;
    const kind = random.pick<Fracture["kind"]>(["wedge", "wedge", "biconcave", "crush"]);
    const fracture: Fracture = { kind, loss: random.between(low, high) };
    const changes = { ...wear, [level]: { ...wear[level], fracture } };
    return {
      plan: { shape: uneven, changes, lordosisChangeDeg: 0 },
      grade: `Genant ${grade} (${kind})`,
      level,
      relevant: { kind: "bodies", levels: [level] },
    };
  },
};
