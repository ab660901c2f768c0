import type { Schedule } from "./contract.js";

export const cosine: Schedule = {
  title: "Cosine",
  summary: "Half a cosine from the highest rate to zero.",
  reference: "Loshchilov and Hutter 2017, arXiv 1608.03983, equation 5 without restarts",
  share: ({ step, totalSteps }) => (1 + Math.cos((Math.PI * step) / totalSteps)) / 2,
};
