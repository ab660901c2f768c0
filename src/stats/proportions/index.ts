import { agrestiCoull } from "./agresti-coull.js";
import { clopperPearson } from "./clopper-pearson.js";
import type { ProportionMethod } from "./contract.js";
import { jeffreys } from "./jeffreys.js";
import { wilson } from "./wilson.js";

/** The intervals for a proportion, the default first. */
export const proportionMethods = {
  wilson,
  "clopper-pearson": clopperPearson,
  jeffreys,
  "agresti-coull": agrestiCoull,
} satisfies Record<string, ProportionMethod>;

export type ProportionMethodName = keyof typeof proportionMethods;
export type { ProportionMethod } from "./contract.js";
