import type { Loss } from "./contract.js";
import { crossEntropy } from "./cross-entropy.js";
import { focal } from "./focal.js";
import { multiTarget } from "./multi-target.js";

export type { Loss, LossSettings } from "./contract.js";

const shelf = { "cross-entropy": crossEntropy, focal, "multi-target": multiTarget } as const;

export type LossName = keyof typeof shelf;

/** The losses, by the name that recipes use. */
export const losses: Readonly<Record<LossName, Loss>> = shelf;
