import { InputError } from "../base/index.js";
import type { Warning } from "../base/index.js";

/** A number with its interval and how both were made. Every result of this room has these fields. */
export interface Estimate {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  /** Nominal coverage of the interval, in (0, 1). */
  readonly level: number;
  /** How the interval was made, for a reader of the report. */
  readonly method: string;
  /** Number of observations behind the estimate. */
  readonly n: number;
  readonly warnings?: readonly Warning[];
}

/** Stands where a figure would stand, and says why there is none. */
export interface NotEstimable {
  readonly notEstimable: string;
}

/** A figure of a report, or the reason why there is none. */
export type Figure = Estimate | NotEstimable;

/** Shared facts of a statistic, for reference pages and help texts. */
export interface StatisticFacts {
  readonly title: string;
  readonly summary: string;
  /** In plain text, with the conventions at ties and edges. */
  readonly formula: string;
  /** Names of the interval or test methods, the default first. */
  readonly methods: readonly string[];
  readonly reference: string;
}

/** The error for a statistic the data do not determine: `<subject>: expected <expected>, got <got>. <remedy>`. */
export function notEstimable(subject: string, expected: string, got: string, remedy: string): InputError {
  return new InputError("not-estimable", `${subject}: expected ${expected}, got ${got}. ${remedy}`);
}

/** Runs a statistic and turns its refusal, and only that, into a value that a report can print. */
export function estimateOrReason<T>(compute: () => T): T | NotEstimable {
  try {
    return compute();
  } catch (error) {
    if (error instanceof InputError && error.code === "not-estimable") return { notEstimable: error.message };
    throw error;
  }
}

/** Whether a value of a report is a figure. */
export function isEstimable<T extends object>(value: T | NotEstimable): value is T {
  return !("notEstimable" in value);
}
