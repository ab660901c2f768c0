import { adam, adamw } from "./adam.js";
import type { Optimizer } from "./contract.js";
import { sgd } from "./sgd.js";

export type { Optimizer, OptimizerSettings, UpdateInputs } from "./contract.js";

const shelf = { sgd, adam, adamw } as const;

export type OptimizerName = keyof typeof shelf;

/** The optimizers, by the name that recipes use. */
export const optimizers: Readonly<Record<OptimizerName, Optimizer>> = shelf;
