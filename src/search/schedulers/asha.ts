import { atRung, firstToPromote } from "./rungs.js";
import type { Scheduler, SchedulerState } from "./contract.js";

/**
 * Algorithm 2 of Li et al. with one worker: from the top rung down, a trial among the best 1/reduction of its rung goes on; else a new one
 * begins. Where no trial is left to begin and none has come to the end, the best of the highest rung goes on, so that the choice
 * always rests on a whole training.
 */
function next({ results, trials, rungs, reduction }: SchedulerState): ReturnType<Scheduler["next"]> {
  for (let k = rungs.length - 2; k >= 0; k--) {
    const count = Math.floor(atRung(results, rungs[k]!).length / reduction);
    const trial = firstToPromote(results, { from: rungs[k]!, to: rungs[k + 1]!, count });
    if (trial !== undefined) return { trial, resource: rungs[k + 1]! };
  }
  const started = atRung(results, rungs[0]!).length;
  if (started < trials) return { trial: started, resource: rungs[0]! };
  for (let k = rungs.length - 2; k >= 0 && atRung(results, rungs.at(-1)!).length === 0; k--) {
    const trial = firstToPromote(results, { from: rungs[k]!, to: rungs[k + 1]!, count: 1 });
    if (trial !== undefined) return { trial, resource: rungs[k + 1]! };
  }
  return undefined;
}

export const asha: Scheduler = {
  title: "Asynchronous successive halving (ASHA)",
  summary: "A trial goes on as soon as it is among the best of its rung; nothing waits for a rung to be full.",
  reference: "Li et al. 2020, MLSys 2, 230, algorithm 2",
  prunes: true,
  next,
};
