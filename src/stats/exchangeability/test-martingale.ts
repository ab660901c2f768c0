import type { Random } from "../../base/index.js";
import { bets } from "./bets.js";
import type { StatisticFacts } from "../estimate.js";
import { rankPValue, SortedSample } from "./rank-p-value.js";

export const testMartingaleFacts: StatisticFacts = {
  title: "Test martingale for a change in a stream",
  methods: ["simple jumper on rank p-values"],
  summary: "Whether values that arrive one by one are still exchangeable with those before them, with a false-alarm rate that holds however long one looks.",
  formula: "p_t = (#{x_s > x_t} + u #{x_s = x_t}) / t over the values so far; capital C_t = sum of the bets' shares, each times its bet at p_t, 1 % dealt out anew; P(sup C >= 1 / a) <= a (Ville). Several variables: the mean of their capitals",
  reference: "V. Vovk, I. Petej, I. Nouretdinov, E. Ahlberg, L. Carlsson, A. Gammerman: Retrain or not retrain, COPA 2021, PMLR 152",
};

/** Share of the capital that is dealt out anew at every step, so that a change is found whenever it comes. */
const jump = 0.01;

/** Capital beyond which nothing is learned: kept finite. */
const most = 1e300;

/**
 * Follows one variable: bets that its values are not exchangeable with those before them. Starting at 1, the capital is a
 * martingale while they are, so that the probability that it ever reaches 1 / a is at most a (Ville's inequality), however
 * long one looks.
 * @see the simple jumper: V. Vovk et al., COPA 2021, PMLR 152, algorithm 1
 */
export class TestMartingale {
  readonly #sample: SortedSample;
  readonly #random: Random;
  readonly #shares: Float64Array;
  #capital = 1;

  /** @param random independent of the values: breaks ties */
  constructor(reference: readonly number[], random: Random) {
    this.#sample = new SortedSample(reference);
    this.#random = random;
    this.#shares = new Float64Array(bets.length).fill(1 / bets.length);
  }

  get capital(): number {
    return this.#capital;
  }

  /** Takes the next value. */
  add(value: number): number {
    const p = rankPValue(this.#sample, value, this.#random.uniform());
    this.#sample.add(value);
    const dealt = (jump * this.#capital) / bets.length;
    this.#capital = 0;
    for (let i = 0; i < bets.length; i++) {
      this.#shares[i] = Math.min(most, ((1 - jump) * this.#shares[i]! + dealt) * bets[i]!(p));
      this.#capital += this.#shares[i]!;
    }
    return this.#capital;
  }
}

/**
 * Follows several variables of the same stream: the mean of their capitals is a martingale too, as each p is uniform given
 * all that came before. So one false-alarm rate holds for all of them together, whatever their dependence.
 */
export class JointMartingale {
  readonly #parts: readonly TestMartingale[];

  constructor(parts: readonly TestMartingale[]) {
    this.#parts = parts;
  }

  /**
   * Takes the next row; variables without a value keep their capital.
   * @returns capital of each variable, and their mean
   */
  add(row: readonly (number | undefined)[]): { readonly capitals: readonly number[]; readonly mean: number } {
    const capitals = this.#parts.map((part, i) => (row[i] === undefined ? part.capital : part.add(row[i])));
    return { capitals, mean: capitals.reduce((sum, capital) => sum + capital, 0) / Math.max(1, capitals.length) };
  }
}
