/** Hands the objects of one request on as they arrive, counts them, and keeps what went wrong first. */
export class ObjectTaker {
  /** Objects that were kept. */
  taken = 0;
  /** Why the first object that could not be kept was not. */
  failure: unknown;
  readonly #keep: (file: Uint8Array) => Promise<void>;

  constructor(keep: (file: Uint8Array) => Promise<void>) {
    this.#keep = keep;
  }

  /** DIMSE status that the sender is told: success, or out of resources. */
  async take(chunks: readonly Uint8Array[]): Promise<number> {
    try {
      await this.#keep(Buffer.concat(chunks));
      this.taken += 1;
      return 0;
    } catch (error) {
      this.failure ??= error;
      return 0xa700;
    }
  }
}
