/** A series or study whose images come one after another. */
export interface GatheredUnit {
  /** Hash of the series or study and the rule. */
  readonly key: string;
  readonly rule: string;
  /** Names of the images in the queue. */
  readonly ids: readonly string[];
}

interface Growing {
  readonly rule: string;
  readonly ids: string[];
  dueMs: number;
}

/** Gathers images that are decided on together until none has come for a while. Nothing of it is on the disk: after a restart it is gathered anew. */
export class UnitGatherer {
  readonly #growing = new Map<string, Growing>();
  readonly #now: () => number;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  add(id: string, { key, rule, waitMs }: { readonly key: string; readonly rule: string; readonly waitMs: number }): void {
    const unit = this.#growing.get(key) ?? { rule, ids: [], dueMs: 0 };
    unit.ids.push(id);
    unit.dueMs = this.#now() + waitMs;
    this.#growing.set(key, unit);
  }

  /** A unit that is complete, as far as waiting can tell; it stays until it is `settled`. */
  due(): GatheredUnit | undefined {
    const now = this.#now();
    for (const [key, { rule, ids, dueMs }] of this.#growing) if (dueMs <= now) return { key, rule, ids: [...ids].sort() };
    return undefined;
  }

  /** Milliseconds until the next one is due; undefined where none is gathered. */
  nextMs(): number | undefined {
    const now = this.#now();
    const waits = [...this.#growing.values()].map(({ dueMs }) => Math.max(0, dueMs - now));
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  settled(key: string): void {
    this.#growing.delete(key);
  }
}
