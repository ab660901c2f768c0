import type { Level } from "../anatomy/dimensions.js";
import type { Lesion } from "../anatomy/plan.js";
import { sizeFor } from "../anatomy/alignment.js";
import type { Condition, ConditionContext, ConditionResult } from "./contract.js";

function tumorOf(kind: Lesion["kind"], { random, subject, uneven, wear, seed, grade = 1 + random.integer(3) }: ConditionContext): ConditionResult {
  const level = random.pick<Exclude<Level, "S1">>(["L1", "L2", "L2", "L3", "L3", "L4", "L4", "L5"]);
  const size = sizeFor(subject, level);
  const reach = [0.44, 0.54, 0.66][grade - 1]! * random.between(0.92, 1.08);
  const side = random.uniform() < 0.5 ? -1 : 1;
  const lesion: Lesion = {
    kind,
    halfMm: [size.upperWidth * reach, size.upperDepth * reach * 1.05, size.height * (reach + 0.14)],
    atMm: [side * size.upperWidth * random.between(0.05, 0.3), size.upperDepth * random.between(-0.18, 0.2), size.height * random.between(-0.1, 0.1)],
    seed,
  };
  const changes = { ...wear, [level]: { ...wear[level], lesion } };
  return {
    plan: { shape: uneven, changes, lordosisChangeDeg: 0 },
    grade: ["small", "medium", "large"][grade - 1]!,
    level,
    relevant: { kind: "lesion", levels: [level] },
  };
}

const views = ["lumbar-ap", "lumbar-lateral", "whole-spine-ap", "whole-spine-lateral"] as const;
const grades = ["small", "medium", "large"];

export const lyticTumor: Condition = {
  title: "Lytic tumor, as giant-cell tumor",
  summary: "An expansile hole with a thin shell and soap-bubble septa",
  reference: "Rodallec et al. 2008, RadioGraphics 28:1019; Shi et al. 2015, Eur Spine J 24:1876",
  views,
  grades,
  people: { ageYears: [18, 50] },
  plan: (context) => tumorOf("lytic", context),
};

export const scleroticTumor: Condition = {
  title: "Mixed sclerotic tumor, as osteosarcoma",
  summary: "Clouds of tumor bone beyond the cortex, lytic gaps, spicules and a soft-tissue mass",
  reference: "Rodallec et al. 2008, RadioGraphics 28:1019; Ilaslan et al. 2004, Radiology 230:697",
  views,
  grades,
  people: { ageYears: [14, 55] },
  plan: (context) => tumorOf("sclerotic", context),
};
