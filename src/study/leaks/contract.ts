import type { LeakKind, LeakSign, Side } from "../../data/index.js";
import type { Comparison, Estimated } from "../results.js";

/** Two cases that belong together. */
export interface LeakPairResult {
  readonly a: string;
  readonly b: string;
  readonly kind: LeakKind;
  readonly labels: readonly [string, string];
  /** Agreement of the finest detail of two pictures, up to 1. */
  readonly detail?: number;
  readonly isMirrored?: boolean;
  readonly column?: string;
}

/** A cell with and without the cases that leaked. */
export interface HonestCell {
  readonly cell: string;
  readonly leaky: Readonly<Record<"accuracy" | "f1" | "auc", Estimated>>;
  readonly honest: Readonly<Record<"accuracy" | "f1" | "auc", Estimated>>;
  /** The leaky networks against the honest ones, on the same test cases. */
  readonly comparison: Comparison;
}

/** What the leak audit found: key `leaks` of results.json. */
export interface LeakResults {
  readonly cases: number;
  /** What ties cases that the table itself does not tie by its patients. */
  readonly pairs: readonly LeakPairResult[];
  readonly counts: Readonly<Partial<Record<LeakKind, number>>>;
  /** Pairs with different labels, one of which must be wrong where they show one image. */
  readonly contradictions: number;
  /** Cases that are kept on one side with another because of the audit. */
  readonly keptTogether: number;
  readonly signs: readonly Omit<LeakSign, "examples">[];
  /** Pairs of images laid over one another, and the agreement that counts as one exposure. */
  readonly compared: number;
  readonly threshold: number;
  /** Pairs on two sides of the split, accepted by --accept-leaks. */
  readonly crossing?: readonly (LeakPairResult & { readonly seed: number; readonly fold: number; readonly sides: readonly [Side, Side] })[];
  /** Training and early-stopping cases that the honest result does without, per fold of the first seed. */
  readonly removed?: readonly number[];
  readonly honest?: readonly HonestCell[] | { readonly notEstimable: string };
  /** The table honest.csv, with the predictions of the honest networks. */
  readonly predictions?: { readonly rows: number; readonly sha256: string };
}
