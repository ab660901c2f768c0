import { refusal } from "./refusal.js";

/** Most bytes of one part of an upload. */
export const uploadPartLimit = 64 * 1024 * 1024;

interface Bucket {
  left: number;
  at: number;
}

/** A bucket of tokens for each key that fills evenly: bursts are allowed, floods are not. */
export class RateLimit {
  readonly #buckets = new Map<string, Bucket>();
  readonly #burst: number;
  readonly #perSecond: number;

  constructor({ burst, perMinute }: { readonly burst: number; readonly perMinute: number }) {
    this.#burst = burst;
    this.#perSecond = perMinute / 60;
  }

  /** @throws Refusal 429 */
  take(key: string): void {
    const at = Date.now();
    if (this.#buckets.size > 20_000) this.#prune(at);
    const bucket = this.#buckets.get(key) ?? { left: this.#burst, at };
    bucket.left = Math.min(this.#burst, bucket.left + ((at - bucket.at) / 1000) * this.#perSecond);
    bucket.at = at;
    this.#buckets.set(key, bucket);
    if (bucket.left < 1) {
      const seconds = Math.ceil((1 - bucket.left) / this.#perSecond);
      throw refusal("too-many-requests", { most: Math.round(this.#perSecond * 60), seconds }, { headers: { "retry-after": String(seconds) } });
    }
    bucket.left -= 1;
  }

  /** Full buckets are as good as none; under a flood of addresses the oldest go. */
  #prune(at: number): void {
    for (const [key, { left, at: last }] of this.#buckets) if (left + ((at - last) / 1000) * this.#perSecond >= this.#burst) this.#buckets.delete(key);
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size <= 10_000) break;
      this.#buckets.delete(key);
    }
  }
}
