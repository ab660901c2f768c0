import { latestResults } from "../trial.js";
import type { Scheduler } from "./contract.js";

export const none: Scheduler = {
  title: "None",
  summary: "Every trial is trained to the end.",
  reference: "-",
  prunes: false,
  next({ results, trials, rungs }) {
    const done = latestResults(results).length;
    return done < trials ? { trial: done, resource: rungs.at(-1)! } : undefined;
  },
};
