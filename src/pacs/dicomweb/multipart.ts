import { DataError } from "../../base/index.js";

/** One part of a multipart message. */
export interface Part {
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface MultipartLimits {
  /** Bytes of one part's body; default 1 GiB. */
  readonly maxPartBytes?: number;
  /** Parts of one message; default 100,000. */
  readonly maxParts?: number;
}

/** Bytes of a part's header lines, and of what stands before the first boundary. */
const maxHeadBytes = 16 * 1024;

function refuse(expected: string, got: string): DataError {
  return new DataError("multipart", `multipart message: expected ${expected}, got ${got}. The server or something on the way damages its answers; ask again, or another server.`);
}

/**
 * The boundary that a Content-Type of `multipart/related` names.
 * @throws DataError `multipart`
 * @see RFC 2046 section 5.1.1
 */
export function boundaryOf(contentType: string): string {
  const found = /^\s*multipart\/[\w.+-]+\s*;(.*)$/is.exec(contentType)?.[1];
  if (found === undefined) throw refuse("the type multipart/related", contentType === "" ? "none" : `"${contentType.slice(0, 80).replaceAll(/[^\x20-\x7e]/g, "?")}"`);
  // One name at a time, so that a boundary within another parameter's quotes is not taken for it.
  for (const [, name, quoted, plain] of found.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/g)) {
    if (name!.toLowerCase() !== "boundary") continue;
    const boundary = quoted === undefined ? plain! : quoted.replaceAll(/\\(.)/g, "$1");
    if (/^[\x20-\x7e]{1,200}$/.test(boundary)) return boundary;
  }
  throw refuse("a boundary of 1 to 200 characters", "none");
}

function parseHeaders(bytes: Buffer): Map<string, string> {
  const headers = new Map<string, string>();
  // A line that begins with white space goes on with the one before.
  const lines = bytes.toString("latin1").replaceAll(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  for (const line of lines) {
    if (line === "") continue;
    const colon = line.indexOf(":");
    if (colon <= 0) throw refuse("header lines of name and value", "a line without a colon");
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

/** Takes bytes as they come and finds where they are parted; each byte is looked at once. */
class Splitter {
  #pending: Buffer = Buffer.alloc(0);
  #taken: Buffer[] = [];
  #length = 0;

  push(chunk: Uint8Array): void {
    this.#pending = this.#pending.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.concat([this.#pending, chunk]);
  }

  get available(): number {
    return this.#pending.length;
  }

  /** What stands before the mark, which is passed over; undefined where it has not come yet. */
  until(mark: Buffer, limit: number, what: string): Buffer | undefined {
    const at = this.#pending.indexOf(mark);
    const safe = at === -1 ? Math.max(0, this.#pending.length - mark.length + 1) : at;
    if (this.#length + safe > limit) throw refuse(`${what} of at most ${limit} bytes`, "more");
    if (safe > 0) this.#taken.push(this.#pending.subarray(0, safe));
    this.#length += safe;
    this.#pending = this.#pending.subarray(at === -1 ? safe : at + mark.length);
    if (at === -1) return undefined;
    const whole = this.#taken.length === 1 ? this.#taken[0]! : Buffer.concat(this.#taken);
    this.#taken = [];
    this.#length = 0;
    return whole;
  }

  /** The next bytes without taking them. */
  peek(count: number): Buffer {
    return this.#pending.subarray(0, count);
  }

  skip(count: number): void {
    this.#pending = this.#pending.subarray(count);
  }
}

/**
 * Parts of a multipart message, as they come. What a server sends is not trusted: headers, parts and their number are
 * bounded, and a message that ends before its last boundary is refused, as its last part may be cut off.
 * @throws DataError `multipart`
 * @see RFC 2046 section 5.1
 */
export async function* readMultipart(chunks: AsyncIterable<Uint8Array>, boundary: string, { maxPartBytes = 2 ** 30, maxParts = 100_000 }: MultipartLimits = {}): AsyncGenerator<Part> {
  const splitter = new Splitter();
  const delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
  const emptyLine = Buffer.from("\r\n\r\n");
  // The first boundary may stand at the very beginning.
  splitter.push(Buffer.from("\r\n"));
  let state: "preamble" | "boundary" | "head" | "body" | "end" = "preamble";
  let headers: ReadonlyMap<string, string> = new Map();
  let parts = 0;
  for await (const chunk of chunks) {
    if (state === "end") continue;
    splitter.push(chunk);
    for (let goesOn = true; goesOn; ) {
      if (state === "preamble") {
        goesOn = splitter.until(delimiter, maxHeadBytes, "text before the first boundary") !== undefined;
        if (goesOn) state = "boundary";
      } else if (state === "boundary") {
        // Two hyphens end the message; else white space may follow the boundary on its line.
        if (splitter.available < 2) break;
        if (splitter.peek(2).toString("latin1") === "--") {
          state = "end";
          break;
        }
        while (splitter.available > 0 && (splitter.peek(1)[0] === 0x20 || splitter.peek(1)[0] === 0x09)) splitter.skip(1);
        if (splitter.available < 2) break;
        if (splitter.peek(2).toString("latin1") !== "\r\n") throw refuse("a line's end after a boundary", "other bytes");
        // The line's end stays: a part without headers begins with an empty line.
        state = "head";
      } else if (state === "head") {
        const head = splitter.until(emptyLine, maxHeadBytes, "headers of a part");
        goesOn = head !== undefined;
        if (head === undefined) continue;
        headers = parseHeaders(head);
        state = "body";
      } else {
        const body = splitter.until(delimiter, maxPartBytes, "a part");
        goesOn = body !== undefined;
        if (body === undefined) continue;
        parts += 1;
        if (parts > maxParts) throw refuse(`at most ${maxParts} parts`, "more");
        state = "boundary";
        yield { headers, body };
      }
    }
  }
  if (state !== "end") throw refuse("a last boundary", `an end after ${parts} parts`);
}

export interface MultipartBody {
  readonly contentType: string;
  readonly parts: readonly Uint8Array[];
  readonly length: number;
}

/**
 * Writes DICOM files as one message for STOW-RS.
 * @param boundary must not occur in the files
 */
export function encodeMultipart(files: readonly Uint8Array[], boundary: string): MultipartBody {
  const parts: Uint8Array[] = [];
  for (const file of files) parts.push(Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\nContent-Length: ${file.length}\r\n\r\n`), file, Buffer.from("\r\n"));
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return { contentType: `multipart/related; type="application/dicom"; boundary=${boundary}`, parts, length: parts.reduce((sum, { length }) => sum + length, 0) };
}
