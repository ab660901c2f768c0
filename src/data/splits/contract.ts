import type { Case } from "../dataset.js";

/** One round of a validation: positions in the list of cases, ascending. */
export interface Fold {
  readonly train: readonly number[];
  /** Cases held back for early stopping, where the split itself names them. */
  readonly validation?: readonly number[];
  readonly test: readonly number[];
  /** What the test side is, where it has a name: a site, a period. */
  readonly name?: string;
  /** Rounds inside the training side alone, for choosing settings. */
  readonly inner?: readonly Fold[];
}

export interface FoldOptions {
  readonly folds: number;
  readonly seed: number | string;
  /** Columns whose values every fold is to get its share of, beside the classes. */
  readonly strata?: readonly string[];
}

/** What a split may be told; each kind says which of these it reads. */
export interface SplitOptions {
  readonly seed: number | string;
  readonly folds?: number;
  readonly repeats?: number;
  readonly innerFolds?: number;
  /** Share of the cases that is tested. */
  readonly test?: number;
  /** Share of the cases that is held back for early stopping; 0: none. */
  readonly validation?: number;
  /** Column of sites, dates or years. */
  readonly column?: string;
  /** First value that is tested, in a split by time. */
  readonly from?: string;
  readonly strata?: readonly string[];
}

/** One round, with the repetition it belongs to. */
export interface PlannedRound extends Fold {
  /** 0-based; the k-th repetition's seed is the first one's plus k. */
  readonly repeat?: number;
  /** Cases on neither side, because their patient is tested. */
  readonly leftOut?: readonly number[];
}

/** A way to divide cases into those that are learned from and those that are tested. */
export interface SplitKind {
  readonly title: string;
  readonly summary: string;
  readonly reference?: string;
  /** Options it reads beside the seed. */
  readonly options: readonly Exclude<keyof SplitOptions, "seed">[];
  /** Options it cannot do without. */
  readonly needs: readonly Exclude<keyof SplitOptions, "seed">[];
  plan(cases: readonly Case[], options: SplitOptions): PlannedRound[];
}
