/** What a peer may send. */
export interface GuardLimits {
  /** Bytes of one protocol data unit. */
  readonly maxPduBytes: number;
  /** Bytes of one command set. */
  readonly maxCommandBytes: number;
  /** Bytes of one data set. */
  readonly maxObjectBytes: number;
}

const pData = 4;
/** Association requests with 128 presentation contexts stay far below. */
const maxOtherBytes = 128 * 1024;
const headBytes = 6;

/**
 * Reads along with a DICOM upper layer connection and says when a peer leaves the limits, before the library gathers what it
 * sends: lengths, kinds, command sets.
 * @see DICOM PS3.8 section 9.3
 */
export class ConnectionGuard {
  readonly #limits: GuardLimits;
  #expects: "unit" | "fragment" | "content" | "other" = "unit";
  readonly #head = Buffer.alloc(headBytes);
  #headLength = 0;
  /** Bytes of the unit, and of the fragment in it, that are still to come. */
  #unit = 0;
  #fragment = 0;
  #isCommand = false;
  #isLast = false;
  #command: Buffer[] = [];
  #commandBytes = 0;
  #objectBytes = 0;

  constructor(limits: GuardLimits) {
    this.#limits = limits;
  }

  /** @returns why the connection has to end; undefined where all is well */
  look(data: Buffer): string | undefined {
    for (let at = 0; at < data.length; ) {
      if (this.#expects === "unit" || this.#expects === "fragment") {
        const count = Math.min(headBytes - this.#headLength, data.length - at);
        data.copy(this.#head, this.#headLength, at, at + count);
        this.#headLength += count;
        at += count;
        if (this.#headLength < headBytes) return undefined;
        this.#headLength = 0;
        const problem = this.#expects === "unit" ? this.#beginUnit() : this.#beginFragment();
        if (problem !== undefined) return problem;
      } else {
        const inFragment = this.#expects === "content";
        const count = Math.min(inFragment ? this.#fragment : this.#unit, data.length - at);
        if (inFragment && this.#isCommand) this.#command.push(data.subarray(at, at + count));
        at += count;
        this.#unit -= count;
        if (inFragment) this.#fragment -= count;
      }
      const problem = this.#settle();
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #beginUnit(): string | undefined {
    const type = this.#head[0]!;
    if (type < 1 || type > 7) return "a unit of an unknown kind";
    this.#unit = this.#head.readUInt32BE(2);
    this.#expects = type === pData ? "fragment" : "other";
    return this.#unit > (type === pData ? this.#limits.maxPduBytes : maxOtherBytes) ? "a unit above the limit" : undefined;
  }

  #beginFragment(): string | undefined {
    this.#unit -= headBytes;
    this.#fragment = this.#head.readUInt32BE(0) - 2;
    if (this.#unit < 0 || this.#fragment < 0 || this.#fragment > this.#unit) return "a fragment longer than its unit";
    this.#isCommand = (this.#head[5]! & 1) === 1;
    this.#isLast = (this.#head[5]! & 2) === 2;
    if (this.#isCommand) this.#commandBytes += this.#fragment;
    else this.#objectBytes += this.#fragment;
    this.#expects = "content";
    if (this.#commandBytes > this.#limits.maxCommandBytes) return "a command above the limit";
    return this.#objectBytes > this.#limits.maxObjectBytes ? "an object above the limit" : undefined;
  }

  /** Moves on where a fragment or unit is complete. */
  #settle(): string | undefined {
    if (this.#expects === "content" && this.#fragment === 0) {
      this.#expects = "fragment";
      if (this.#isLast) {
        const isCommand = this.#isCommand;
        const whole = Buffer.concat(this.#command);
        [this.#command, this.#commandBytes] = [[], 0];
        if (!isCommand) this.#objectBytes = 0;
        else if (!isCommandSet(whole)) return "a damaged command";
      }
    }
    if ((this.#expects === "fragment" || this.#expects === "other") && this.#unit === 0) this.#expects = "unit";
    return undefined;
  }
}

/** True for a command set as the standard has it: implicit little endian, elements of group 0000 in rising order, none cut off. */
export function isCommandSet(bytes: Buffer): boolean {
  let last = -1;
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < 8 || bytes.readUInt16LE(at) !== 0) return false;
    const element = bytes.readUInt16LE(at + 2);
    const length = bytes.readUInt32LE(at + 4);
    if (element <= last || length > bytes.length - at - 8) return false;
    last = element;
    at += 8 + length;
  }
  return at > 0;
}
