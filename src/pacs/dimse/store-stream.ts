import { Writable } from "node:stream";
import type { ObjectSink } from "./provider.js";

/** Bytes that wait for the disk before the peer is held. */
const mostWaitingBytes = 4 * 1024 * 1024;

/**
 * Carries a data set from the network to its sink. Never fails: a status is kept instead, and what still comes is let go, so
 * that the peer gets its answer.
 */
export class StoreStream extends Writable {
  readonly #sink: ObjectSink | undefined;
  #status: number | undefined;
  #wasAsked = false;

  /** @param begun a sink, or the status with which the object is refused */
  constructor(begun: ObjectSink | number, hold: { readonly stop: () => void; readonly goOn: () => void }) {
    super({ highWaterMark: mostWaitingBytes });
    if (typeof begun === "number") this.#status = begun;
    else this.#sink = begun;
    this.on("drain", () => hold.goOn());
    this.#hold = hold;
  }

  readonly #hold: { readonly stop: () => void };

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.writableNeedDrain) this.#hold.stop();
    void this.#pass(chunk, done);
  }

  async #pass(chunk: Buffer, done: () => void): Promise<void> {
    if (this.#sink !== undefined && this.#status === undefined) {
      this.#status = await this.#sink.write(chunk).catch(() => 0xa700);
    }
    done();
  }

  /** Status for the answer, once everything was written. */
  async settle(): Promise<number> {
    this.#wasAsked = true;
    if (!this.writableFinished) await new Promise<void>((resolve) => this.once("finish", resolve));
    if (this.#sink === undefined) return this.#status!;
    if (this.#status !== undefined) {
      await this.#sink.discard();
      return this.#status;
    }
    return this.#sink.finish().catch(() => 0xa700);
  }

  /** The connection is gone: what came of an object that is not whole is thrown away. */
  async abandon(): Promise<void> {
    if (!this.#wasAsked) await this.#sink?.discard();
  }
}
