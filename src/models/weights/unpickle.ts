import { DataError } from "../../base/index.js";

/** A function or class that a pickle names. It is only ever looked up in the caller's table, never loaded. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

export interface PickleRules {
  /** What may be called, by its full name, for example `"collections.OrderedDict"`. Anything else is refused. */
  readonly calls: Readonly<Record<string, (args: readonly unknown[]) => unknown>>;
  /** Names that may be mentioned as values but not called. */
  readonly names: ReadonlySet<string>;
  /** Turns a persistent id into the value it stands for. */
  readonly persistent: (id: unknown) => unknown;
  readonly fileName: string;
}

const mark = Symbol("mark");

/**
 * Most instructions and most dictionaries of one pickle. A tensor takes some 40 instructions, so that some 6,000 tensors
 * fit; an instruction is a byte in the file, but what it makes may take hundreds in memory.
 */
const maxInstructions = 250_000;
const maxDictionaries = 50_000;

/** Longest whole number; the longest that weights have is the magic number of old files. */
const maxLongBytes = 16;

/**
 * Reads one pickle without executing anything: numbers, text, tuples and lists (as arrays), dictionaries (as Map) and the
 * few calls the caller lists. Every other instruction or name is refused, since a pickle is a program.
 * @param start where the pickle begins
 * @returns the value, and where the pickle ends
 * @throws DataError `pickle` for anything damaged or not on the list
 * @see Python's pickletools.py, protocols 2 to 4
 */
export function unpickle(bytes: Uint8Array, start: number, rules: PickleRules): { value: unknown; end: number } {
  return new Machine(bytes, start, rules).run();
}

class Machine {
  readonly #view: DataView;
  readonly #memo = new Map<number, unknown>();
  #stack: unknown[] = [];
  #dictionaries = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
    private readonly rules: PickleRules,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): { value: unknown; end: number } {
    for (let count = 0; count < maxInstructions; count++) {
      const opcode = this.#byte();
      if (opcode === 0x2e) return { value: this.#pop(), end: this.at };
      const step = steps[opcode];
      if (step === undefined) throw this.refuse(`the instruction 0x${opcode.toString(16)}, which weights do not need`);
      step(this);
    }
    throw this.refuse(`more than ${maxInstructions} instructions`);
  }

  /** A new dictionary. */
  dictionary(): void {
    if (++this.#dictionaries > maxDictionaries) throw this.refuse(`more than ${maxDictionaries} dictionaries`);
    this.push(new Map());
  }

  refuse(reason: string): DataError {
    return new DataError("pickle", `${this.rules.fileName}: expected a plain dictionary of tensors, got ${reason}. Use a file from a source you trust, or safetensors.`);
  }

  push(value: unknown): void {
    this.#stack.push(value);
  }

  #pop(): unknown {
    const value = this.#stack.pop();
    if (value === undefined || value === mark) throw this.refuse("a pickle that takes more than it has put down");
    return value;
  }

  /** Values above the last mark; the mark goes too. */
  #sinceMark(): unknown[] {
    const at = this.#stack.lastIndexOf(mark);
    if (at < 0) throw this.refuse("a pickle without the mark it refers to");
    const items = this.#stack.slice(at + 1);
    this.#stack.length = at;
    return items;
  }

  #byte(): number {
    return this.take(1)[0]!;
  }

  take(n: number): Uint8Array {
    if (n > this.bytes.length - this.at) throw this.refuse("a pickle that is cut off");
    this.at += n;
    return this.bytes.subarray(this.at - n, this.at);
  }

  uint8 = (): number => this.#byte();
  uint16 = (): number => (this.take(2), this.#view.getUint16(this.at - 2, true));
  int32 = (): number => (this.take(4), this.#view.getInt32(this.at - 4, true));
  uint32 = (): number => (this.take(4), this.#view.getUint32(this.at - 4, true));
  float64 = (): number => (this.take(8), this.#view.getFloat64(this.at - 8, false));

  uint64(): number {
    this.take(8);
    const value = this.#view.getBigUint64(this.at - 8, true);
    if (value > BigInt(this.bytes.length)) throw this.refuse("a pickle that is cut off");
    return Number(value);
  }

  /** Little-endian two's complement; a number where it is exact. */
  long(n: number): number | bigint {
    if (n > maxLongBytes) throw this.refuse(`a whole number of ${n} bytes`);
    let value = 0n;
    const digits = this.take(n);
    for (let i = n - 1; i >= 0; i--) value = (value << 8n) | BigInt(digits[i]!);
    if (n > 0 && digits[n - 1]! >= 128) value -= 1n << BigInt(8 * n);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  text(n: number): string {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(this.take(n));
    } catch (error) {
      throw error instanceof DataError ? error : this.refuse("text that is not UTF-8");
    }
  }

  line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0) throw this.refuse("a pickle that is cut off");
    const text = this.text(end - this.at);
    this.at = end + 1;
    return text;
  }

  setMark(): void {
    this.#stack.push(mark);
  }

  put(key: number): void {
    this.#memo.set(key, this.#top());
  }

  memoize(): void {
    this.put(this.#memo.size);
  }

  get(key: number): void {
    const value = this.#memo.get(key);
    if (value === undefined) throw this.refuse("a reference to a value that was not kept");
    this.push(value);
  }

  #top(): unknown {
    const value = this.#stack.at(-1);
    if (value === undefined || value === mark) throw this.refuse("a pickle that takes more than it has put down");
    return value;
  }

  global(module: string, name: string): void {
    const full = `${module}.${name}`;
    if (!Object.hasOwn(this.rules.calls, full) && !this.rules.names.has(full)) {
      throw this.refuse(`the name "${full.slice(0, 100)}", which weights do not need`);
    }
    this.push(new PickleGlobal(full));
  }

  stackGlobal(): void {
    const name = this.#pop();
    const module = this.#pop();
    if (typeof name !== "string" || typeof module !== "string") throw this.refuse("a name that is not text");
    this.global(module, name);
  }

  reduce(): void {
    const args = this.#pop();
    const callee = this.#pop();
    if (!(callee instanceof PickleGlobal) || !Object.hasOwn(this.rules.calls, callee.name) || !Array.isArray(args)) {
      throw this.refuse("a call of something that may not be called");
    }
    this.push(this.rules.calls[callee.name]!(args));
  }

  persistent(): void {
    this.push(this.rules.persistent(this.#pop()));
  }

  tuple(n?: number): void {
    if (n === undefined) return this.push(this.#sinceMark());
    const items: unknown[] = [];
    for (let i = 0; i < n; i++) items.unshift(this.#pop());
    this.push(items);
  }

  append(one: boolean): void {
    const items = one ? [this.#pop()] : this.#sinceMark();
    const list = this.#top();
    if (!Array.isArray(list)) throw this.refuse("an addition to something that is no list");
    for (const item of items) list.push(item);
  }

  setItems(one: boolean): void {
    const items = one ? this.tupleOfTwo() : this.#sinceMark();
    const map = this.#top();
    if (!(map instanceof Map) || items.length % 2 !== 0) throw this.refuse("an entry for something that is no dictionary");
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i];
      if (typeof key === "string" && map.has(key)) throw this.refuse(`the key "${key.slice(0, 100)}" twice`);
      map.set(key, items[i + 1]);
    }
  }

  private tupleOfTwo(): unknown[] {
    const value = this.#pop();
    return [this.#pop(), value];
  }

  /** State of an object: the version notes that PyTorch hangs on a state dict. They are dropped. */
  build(): void {
    this.#pop();
    if (!(this.#top() instanceof Map)) throw this.refuse("a state for something that is no dictionary");
  }

  protocol(): void {
    const version = this.#byte();
    if (version < 2 || version > 4) throw this.refuse(`pickle protocol ${version}`);
  }
}

/** The instructions that weights need, by opcode. */
const steps: Readonly<Record<number, (machine: Machine) => void>> = {
  0x80: (m) => m.protocol(),
  0x95: (m) => void m.take(8), // FRAME: a hint about buffering
  0x28: (m) => m.setMark(),
  0x4e: (m) => m.push(null),
  0x88: (m) => m.push(true),
  0x89: (m) => m.push(false),
  0x4b: (m) => m.push(m.uint8()),
  0x4d: (m) => m.push(m.uint16()),
  0x4a: (m) => m.push(m.int32()),
  0x8a: (m) => m.push(m.long(m.uint8())),
  0x47: (m) => m.push(m.float64()),
  0x58: (m) => m.push(m.text(m.uint32())),
  0x8c: (m) => m.push(m.text(m.uint8())),
  0x8d: (m) => m.push(m.text(m.uint64())),
  0x55: (m) => m.push(m.text(m.uint8())), // SHORT_BINSTRING, written by Python 2
  0x54: (m) => m.push(m.text(m.uint32())), // BINSTRING, written by Python 2
  0x7d: (m) => m.dictionary(),
  0x5d: (m) => m.push([]),
  0x29: (m) => m.push([]),
  0x74: (m) => m.tuple(),
  0x85: (m) => m.tuple(1),
  0x86: (m) => m.tuple(2),
  0x87: (m) => m.tuple(3),
  0x61: (m) => m.append(true),
  0x65: (m) => m.append(false),
  0x73: (m) => m.setItems(true),
  0x75: (m) => m.setItems(false),
  0x71: (m) => m.put(m.uint8()),
  0x72: (m) => m.put(m.uint32()),
  0x94: (m) => m.memoize(),
  0x68: (m) => m.get(m.uint8()),
  0x6a: (m) => m.get(m.uint32()),
  0x63: (m) => m.global(m.line(), m.line()),
  0x93: (m) => m.stackGlobal(),
  0x52: (m) => m.reduce(),
  0x51: (m) => m.persistent(),
  0x62: (m) => m.build(),
};
