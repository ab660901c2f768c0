/** A bet against uniform p: what one unit becomes. Each has mean 1 over [0, 1], so that nothing is won on average while nothing changes. */
type Bet = (p: number) => number;

const least = 1e-9;

/**
 * Bets for the ways in which values change: larger, smaller, a few far out at either end, more spread, less spread; and one that
 * does not bet.
 * @see linear bets: V. Vovk et al., "Retrain or not retrain: conformal test martingales for change-point detection", COPA 2021; power bets: V. Vovk, A. Gammerman and G. Shafer 2022, section 8.1
 */
export const bets: readonly Bet[] = [
  () => 1,
  (p) => 1 + (p - 0.5),
  (p) => 1 - (p - 0.5),
  (p) => 2 * p,
  (p) => 2 * (1 - p),
  (p) => 0.5 / Math.sqrt(Math.max(least, 1 - p)),
  (p) => 0.5 / Math.sqrt(Math.max(least, p)),
  (p) => 2 * Math.abs(2 * p - 1),
  (p) => 2 * (1 - Math.abs(2 * p - 1)),
];
