/** Values in order, for the rank of one more among them. */
export class SortedSample {
  readonly #values: number[];

  constructor(values: readonly number[] = []) {
    this.#values = values.toSorted((a, b) => a - b);
  }

  get size(): number {
    return this.#values.length;
  }

  /** How many are smaller, and how many equal. */
  rankOf(value: number): { readonly below: number; readonly equal: number } {
    const below = this.#firstNotBelow(value);
    let above = below;
    while (above < this.#values.length && this.#values[above] === value) above += 1;
    return { below, equal: above - below };
  }

  add(value: number): void {
    this.#values.splice(this.#firstNotBelow(value), 0, value);
  }

  /** The value that a share of the others lies below; undefined of none. */
  quantile(share: number): number | undefined {
    return this.#values[Math.min(this.#values.length - 1, Math.floor(share * this.#values.length))];
  }

  #firstNotBelow(value: number): number {
    let [low, high] = [0, this.#values.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#values[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Place of a value among those before it and itself, ties broken at random:
 * p = (below + u (equal + 1)) / (n + 1). For exchangeable values these p are independent and uniform on [0, 1], exactly and from the
 * first one on; small p is a small value.
 * @param u uniform on [0, 1), independent of the values
 * @see V. Vovk, A. Gammerman and G. Shafer, "Algorithmic learning in a random world", 2nd ed. 2022, theorem 8.1
 */
export function rankPValue(sample: SortedSample, value: number, u: number): number {
  const { below, equal } = sample.rankOf(value);
  return (below + u * (equal + 1)) / (sample.size + 1);
}
