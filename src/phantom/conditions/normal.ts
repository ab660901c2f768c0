import type { Condition } from "./contract.js";

export const normal: Condition = {
  title: "Normal spine",
  summary: "Cobb angle below 10 degrees, no slip, wear as usual for the age",
  reference: "Cobb 1948, Instr Course Lect 5:261",
  views: ["whole-spine-ap", "whole-spine-lateral", "lumbar-ap", "lumbar-lateral"],
  grades: ["none"],
  people: {},
  plan: ({ uneven, wear }) => ({
    plan: { shape: uneven, changes: wear, lordosisChangeDeg: 0 },
    grade: "none",
  }),
};
