import { damaged } from "./hdf5-error.js";

/** Address that stands for "nothing there". */
export const undefinedAddress = -1;

/** Reads little-endian fields one after another, each checked against the end of the bytes. */
export class Cursor {
  readonly #view: DataView;
  at = 0;

  constructor(
    readonly bytes: Uint8Array<ArrayBuffer>,
    private readonly file: string,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  skip(n: number): this {
    this.#need(n);
    this.at += n;
    return this;
  }

  take(n: number): Uint8Array<ArrayBuffer> {
    this.skip(n);
    return this.bytes.subarray(this.at - n, this.at);
  }

  uint8 = (): number => this.#view.getUint8(this.#step(1));
  uint16 = (): number => this.#view.getUint16(this.#step(2), true);
  uint32 = (): number => this.#view.getUint32(this.#step(4), true);

  /** A whole number of n bytes that is exact as a double. */
  uint(n: number): number {
    let value = 0;
    const digits = this.take(n);
    for (let i = n - 1; i >= 0; i--) value = value * 256 + digits[i]!;
    if (!Number.isSafeInteger(value)) throw damaged(this.file, "a length that no file has");
    return value;
  }

  /** An address or {@link undefinedAddress}. */
  address(): number {
    const digits = this.take(8);
    if (digits.every((digit) => digit === 0xff)) return undefinedAddress;
    this.at -= 8;
    return this.uint(8);
  }

  signature(expected: string): void {
    const found = String.fromCharCode(...this.take(expected.length));
    if (found !== expected) throw damaged(this.file, `no "${expected}" where one is announced`);
  }

  /** UTF-8 up to the first zero byte. */
  text(n: number): string {
    return decodeText(this.take(n));
  }

  #step(n: number): number {
    this.skip(n);
    return this.at - n;
  }

  #need(n: number): void {
    if (!(n >= 0 && n <= this.left)) throw damaged(this.file, "a structure that is cut off");
  }
}

const decoder = new TextDecoder();

/** UTF-8 up to the first zero byte. */
export function decodeText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}
