import { DataError } from "../../base/index.js";

/** Bytes that are read in ranges, each checked against the length before memory is set aside for it. */
export interface ByteSource {
  /** Name of the file, for messages. */
  readonly name: string;
  readonly length: number;
  /** Fresh bytes [start, start + length). @throws DataError `weights-truncated` */
  read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** @throws DataError `weights-truncated` for a range that is not within the source */
export function requireRange(source: Pick<ByteSource, "name" | "length">, start: number, length: number): void {
  if (start >= 0 && length >= 0 && start + length <= source.length) return;
  throw new DataError(
    "weights-truncated",
    `${source.name}: expected ${length} bytes at ${start}, the file ends at ${source.length}. Fetch the file again.`,
  );
}

/** Bytes in memory as a source. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    length: bytes.length,
    async read(start, length) {
      requireRange({ name, length: bytes.length }, start, length);
      return Uint8Array.from(bytes.subarray(start, start + length));
    },
  };
}

/** A part of another source, as a source of its own. */
export function sourceRange(source: ByteSource, start: number, length: number): ByteSource {
  return {
    name: source.name,
    length,
    async read(from, count) {
      requireRange({ name: source.name, length }, from, count);
      return source.read(start + from, count);
    },
  };
}

const pageBytes = 1 << 16;
const maxPages = 64;

/** A source that keeps the pages read last, for formats that jump about in small steps. Long ranges pass through. */
export function pagedSource(source: ByteSource): ByteSource {
  const pages = new Map<number, Uint8Array>();
  const page = async (index: number): Promise<Uint8Array> => {
    const known = pages.get(index);
    if (known !== undefined) return known;
    const bytes = await source.read(index * pageBytes, Math.min(pageBytes, source.length - index * pageBytes));
    if (pages.size >= maxPages) pages.delete(pages.keys().next().value!);
    pages.set(index, bytes);
    return bytes;
  };
  return {
    name: source.name,
    length: source.length,
    async read(start, length) {
      requireRange(source, start, length);
      const first = Math.floor(start / pageBytes);
      if (length === 0 || length > pageBytes) return source.read(start, length);
      const head = await page(first);
      const from = start - first * pageBytes;
      const result = new Uint8Array(length);
      result.set(head.subarray(from, from + length));
      const taken = Math.min(length, head.length - from);
      if (taken < length) result.set((await page(first + 1)).subarray(0, length - taken), taken);
      return result;
    },
  };
}
