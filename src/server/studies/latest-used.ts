/** Values kept by name, the least recently used going first. */
export class LatestUsed<K, V> {
  readonly #values = new Map<K, V>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: K, make: () => V): V {
    const found = this.#values.get(key);
    const value = found ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#most) this.#values.delete(this.#values.keys().next().value as K);
    // A failure is not kept: the next caller tries again.
    if (found === undefined && value instanceof Promise) value.catch(() => this.#values.delete(key));
    return value;
  }

  delete(key: K): void {
    this.#values.delete(key);
  }
}
