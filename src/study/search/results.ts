import type { Estimated } from "../results.js";
import type { SearchRecipe } from "./search-recipe.js";
import type { SearchTerms } from "./plan-search.js";

type Settings = Readonly<Record<string, number | string | boolean | null>>;

/** One trial at the most epochs that it got. */
export interface SearchedTrial {
  /** From 1, in the order of drawing. */
  readonly trial: number;
  readonly settings: Settings;
  readonly epochs: number;
  /** `whole`: trained to the end; `stopped`: given up at a rung; `failed`: could not be trained. */
  readonly state: "whole" | "stopped" | "failed";
  /** Mean over the inner folds; absent where it failed. */
  readonly score?: number;
  readonly standardError?: number;
  readonly seconds: number;
  readonly failed?: string;
}

/** The search of one cell in one outer fold. */
export interface SearchedFold {
  readonly seed: number;
  readonly fold: number;
  readonly trials: readonly SearchedTrial[];
  /** Trial whose settings were used. */
  readonly chosen: number;
  /** Trial with the highest inner score. */
  readonly best: number;
  /** Trials within one standard error of the best; 1 under the rule `best`. */
  readonly within: number;
  readonly settings: Settings;
  /** The chosen trial's score in the inner folds. */
  readonly innerScore: number;
  /** The same measure of the network trained with these settings, on the test cases of the outer fold. */
  readonly outerScore: number;
}

/** A measure with the recipe's settings and with those found, on the same cases. */
export interface BeforeAfter {
  readonly measure: string;
  readonly before: Estimated;
  readonly after: Estimated;
  /** After minus before. */
  readonly difference: Estimated;
  readonly pValue?: number;
  /** For all searched cells, by Holm, each measure by itself. */
  readonly pAdjusted?: number;
  readonly test?: string;
}

export interface CellSearch {
  /** The cell with the recipe's settings, and the one with those found. */
  readonly before: string;
  readonly after: string;
  readonly folds: readonly SearchedFold[];
  /** Inner score of the chosen trial minus its outer score, mean over the outer folds. */
  readonly optimism: Estimated;
  readonly comparison: readonly BeforeAfter[];
  /** Cases of the comparison: those of the first seed. */
  readonly cases: number;
  /** Share of the variance of the scores that each parameter explains alone, mean over the outer folds where it can be estimated. */
  readonly importance: readonly { readonly parameter: string; readonly share?: number; readonly folds: number }[];
}

/** The recipe's search with every choice written out, and what it came to. */
export interface SearchResults extends SearchTerms {
  readonly space: SearchRecipe["space"];
  /** Epochs at which trials were compared, by cell; one where none was given up. */
  readonly rungs: Readonly<Record<string, readonly number[]>>;
  readonly cells: readonly CellSearch[];
}
