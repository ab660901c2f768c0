import type { SplitBalance, SplitChoice } from "../../data/index.js";

/** How the cases were divided: key `split` of results.json. */
export interface SplitResult {
  readonly kind: SplitChoice;
  readonly title: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Of the rounds: their numbers, or the sites or the period tested. */
  readonly names: readonly string[];
  /** Cases on neither side of each round, because their patient is tested; absent where there are none. */
  readonly leftOut?: readonly number[];
  /** Of the first seed. */
  readonly balance: SplitBalance;
}
