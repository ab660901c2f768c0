/** One way to make an interval for a proportion. */
export interface ProportionMethod {
  readonly title: string;
  readonly summary: string;
  readonly formula: string;
  readonly reference: string;
  /** Whether non-integer counts, as a design effect makes them, are meaningful. */
  readonly acceptsEffectiveCounts: boolean;
  /**
   * @param successes 0 <= successes <= n
   * @param n > 0
   * @returns limits, possibly outside [0, 1] where the formula leaves it
   */
  limits(successes: number, n: number, level: number): { readonly lower: number; readonly upper: number };
}
