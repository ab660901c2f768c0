import { adam, adamw } from "./adam.js";
import type { Optimizer } from "./contract.js";
import { sgd } from "./sgd.js";

export type { Optimizer, OptimizerSettings, UpdateInputs } from "./contract.js";

/** The optimizers, by the name that recipes use. */
export const optimizers = { sgd, adam, adamw } as const satisfies Record<string, Optimizer>;

export type OptimizerName = keyof typeof optimizers;
