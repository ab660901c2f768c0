/** Values made from an object and a key, made once: the latest few of each object, for as long as the object is used. */
export class Memo<Owner extends object, Value> {
  readonly #values = new WeakMap<Owner, Map<string, Value>>();
  readonly #most: number;

  /** @param options.most values kept per object */
  constructor({ most = 4 }: { readonly most?: number } = {}) {
    this.#most = most;
  }

  /** The value of an object and a key; a promise that was rejected is made again. */
  get(owner: Owner, key: string, make: () => Value): Value {
    const values = this.#values.get(owner) ?? new Map<string, Value>();
    this.#values.set(owner, values);
    const value = values.get(key) ?? make();
    values.delete(key);
    values.set(key, value);
    if (value instanceof Promise) value.catch(() => values.delete(key));
    for (const old of [...values.keys()].slice(0, Math.max(0, values.size - this.#most))) values.delete(old);
    return value;
  }
}
