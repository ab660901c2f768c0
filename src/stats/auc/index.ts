import type { AucMethod } from "./contract.js";
import { delong, delongLogit } from "./delong.js";
import { newcombe } from "./newcombe.js";

/** The analytic intervals for an AUC, the default first. */
export const aucMethods = { "delong-logit": delongLogit, delong, newcombe } satisfies Record<string, AucMethod>;

export type AucMethodName = keyof typeof aucMethods;
export type { AucMethod } from "./contract.js";
