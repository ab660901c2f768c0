import { median } from "../stats/index.js";

/** Batches that are measured before a number of workers is chosen from them. */
const measured = 8;

/** How much sooner than they are needed batches should be made: some take longer than others. */
const ahead = 1.25;

/**
 * Workers that keep up with training: of the time between two steps, each makes batches for as long as one takes. Where training waits, that time
 * is what the workers take, so that one more is chosen until it waits no longer.
 * @param workMs what a worker takes for a batch
 * @param stepMs what passes from one batch that is asked for to the next
 */
export function workersFor({ workMs, stepMs, most }: { readonly workMs: number; readonly stepMs: number; readonly most: number }): number {
  return Math.max(1, Math.min(most, Math.ceil((ahead * workMs) / stepMs)));
}

/**
 * Lets as many batches be made at a time as training needs, so that no more cores than that are taken from the step: all workers at the start, then what the
 * last batches show. What a batch holds does not depend on it.
 */
export class WorkerPace {
  readonly #most: number;
  readonly #now: () => number;
  readonly #waiting: (() => void)[] = [];
  #workers: number;
  #busy = 0;
  #asked: number | undefined;
  #steps: number[] = [];
  #work: number[] = [];

  constructor(most: number, now: () => number = () => performance.now()) {
    this.#most = most;
    this.#workers = most;
    this.#now = now;
  }

  /** Batches that may be made at a time. */
  get workers(): number {
    return this.#workers;
  }

  /** Makes a batch as soon as a worker is free; `make` says what it took there. */
  async run<T extends { readonly milliseconds: number }>(make: () => Promise<T>): Promise<T> {
    const asked = this.#now();
    if (this.#asked !== undefined) this.#steps.push(asked - this.#asked);
    this.#asked = asked;
    while (this.#busy >= this.#workers) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    this.#busy += 1;
    try {
      const made = await make();
      this.#work.push(made.milliseconds);
      this.#choose();
      return made;
    } finally {
      this.#busy -= 1;
      this.#waiting.splice(0, this.#workers - this.#busy).forEach((resume) => resume());
    }
  }

  #choose(): void {
    if (this.#work.length < measured || this.#steps.length < measured) return;
    this.#workers = workersFor({ workMs: median(this.#work), stepMs: median(this.#steps), most: this.#most });
    [this.#steps, this.#work] = [[], []];
  }
}
