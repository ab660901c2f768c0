/** Long work beside requests: one piece after another, so that pages stay quick. */
export class Jobs {
  readonly #say: (message: string, error: unknown) => void;
  #last: Promise<void> = Promise.resolve();
  readonly #stop = new AbortController();

  constructor(say: (message: string, error: unknown) => void) {
    this.#say = say;
  }

  /** Does a piece of work when those before it are done. Its failure is told to `onFailure`, and to the log. */
  add(name: string, work: (signal: AbortSignal) => Promise<void>, onFailure: (error: unknown) => Promise<void>): void {
    this.#last = this.#after(this.#last, name, work, onFailure);
  }

  async #after(before: Promise<void>, name: string, work: (signal: AbortSignal) => Promise<void>, onFailure: (error: unknown) => Promise<void>): Promise<void> {
    await before;
    try {
      if (!this.#stop.signal.aborted) await work(this.#stop.signal);
    } catch (error) {
      this.#say(`${name} failed`, error);
      await onFailure(error).catch((second: unknown) => this.#say(`${name} failed`, second));
    }
  }

  /** Waits for what was begun. */
  idle(): Promise<void> {
    return this.#last;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#last;
  }
}
