/** The little of Node's Buffer that reading needs, for pages. */
export class Buffer extends Uint8Array {
  /** A copy of bytes, or a view of memory. */
  static override from(source: unknown, start?: unknown, length?: unknown): Buffer {
    if (source instanceof Uint8Array) return new Buffer(source.slice().buffer);
    return new Buffer(source as ArrayBuffer, start as number | undefined, length as number | undefined);
  }

  static concat(parts: readonly Uint8Array[]): Buffer {
    const whole = new Buffer(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  override toString(): string {
    let text = "";
    for (let i = 0; i < this.length; i += 4096) text += String.fromCharCode(...this.subarray(i, i + 4096));
    return text;
  }

  swap16(): this {
    for (let i = 0; i + 1 < this.length; i += 2) [this[i], this[i + 1]] = [this[i + 1]!, this[i]!];
    return this;
  }
}
