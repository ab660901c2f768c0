import type { SplitKind } from "./contract.js";
import { holdOut } from "./hold-out.js";
import { kFold, nestedKFold, repeatedKFold } from "./k-fold.js";
import { leaveOneSiteOut } from "./leave-one-site-out.js";
import { temporal } from "./temporal.js";

/** Ways to divide cases, by the recipe's spelling. */
export const splits = {
  "k-fold": kFold,
  "repeated-k-fold": repeatedKFold,
  "nested-k-fold": nestedKFold,
  "hold-out": holdOut,
  "leave-one-site-out": leaveOneSiteOut,
  "temporal": temporal,
} satisfies Record<string, SplitKind>;

export type SplitName = keyof typeof splits;
