import { atRung, firstToPromote } from "./rungs.js";
import type { Scheduler } from "./contract.js";

export const successiveHalving: Scheduler = {
  title: "Successive halving",
  summary: "All trials are trained a little; one in so many goes on to the next rung, at least one to the end.",
  reference: "Jamieson and Talwalkar 2016, AISTATS, PMLR 51, 240; Li et al. 2018, J Mach Learn Res 18(185)",
  prunes: true,
  next({ results, trials, rungs, reduction }) {
    const started = atRung(results, rungs[0]!).length;
    if (started < trials) return { trial: started, resource: rungs[0]! };
    let size = trials;
    for (const [k, to] of rungs.slice(1).entries()) {
      size = Math.max(1, Math.floor(size / reduction));
      const trial = firstToPromote(results, { from: rungs[k]!, to, count: size });
      if (trial !== undefined) return { trial, resource: to };
    }
    return undefined;
  },
};
