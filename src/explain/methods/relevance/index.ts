import type { GraphMethod } from "../contract.js";
import { deepLift } from "./deep-lift.js";
import { lrp } from "./lrp.js";

/** Methods that hand the score back layer by layer, by name. */
export const relevanceGraphs = { ...lrp, "deep-lift": deepLift } as const satisfies Record<string, GraphMethod>;
