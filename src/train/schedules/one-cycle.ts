import type { Schedule } from "./contract.js";

export const oneCycle: Schedule = {
  title: "One cycle",
  summary: "Up from 1/25 of the highest rate over 30 % of the run, then down to 1/250,000, both along cosines.",
  reference: "Smith and Topin 2018, arXiv 1708.07120; torch.optim.lr_scheduler.OneCycleLR",
  share({ step, totalSteps }) {
    const anneal = (from: number, to: number, part: number) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * part));
    const rise = 0.3 * totalSteps - 1;
    if (step <= rise) return anneal(1 / 25, 1, rise <= 0 ? 1 : step / rise);
    const fall = totalSteps - 1 - rise;
    return anneal(1, 1 / 25e4, Math.min(1, (step - rise) / fall));
  },
};
