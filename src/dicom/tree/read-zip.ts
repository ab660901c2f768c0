import { inflateRawSync } from "node:zlib";
import { DataError } from "../../base/index.js";

export interface ZipEntry {
  readonly path: string;
  /** Unpacks the entry. */
  readonly read: () => Uint8Array;
}

/** What an archive may ask for; a hostile one is refused. */
const limits = { entries: 200_000, entryBytes: 512 * 1024 * 1024, totalBytes: 4 * 2 ** 30 };

/** True where the bytes begin as a ZIP archive does. */
export function looksLikeZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * The files of a ZIP archive, by its central directory: stored or deflated, not encrypted, with 32-bit sizes.
 * @param name how errors call the archive
 * @throws DataError `zip-damaged`, `zip-kind`, `zip-size`
 * @see PKWARE APPNOTE 6.3.10, sections 4.3.12 and 4.3.16
 */
export function readZip(bytes: Uint8Array, name: string): ZipEntry[] {
  const damaged = (got: string): DataError => new DataError("zip-damaged", `${name}: expected a complete ZIP archive, got ${got}. Copy it again from its source.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && end > bytes.length - 65_558 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0 || view.getUint32(end, true) !== 0x06054b50) throw damaged("one without its directory");
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (at === 0xffffffff || count === 0xffff) throw new DataError("zip-kind", `${name}: expected an archive of less than 4 GiB and 65535 files, got a larger one. Unpack it first.`);
  const entries: ZipEntry[] = [];
  let total = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) throw damaged("a directory cut off");
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const [packed, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [number, number, number];
    const offset = view.getUint32(at + 42, true);
    const path = Buffer.from(bytes.subarray(at + 46, at + 46 + nameLength)).toString("utf8");
    at += 46 + nameLength + extraLength + commentLength;
    if (path.endsWith("/")) continue;
    if ((flags & 1) === 1 || (method !== 0 && method !== 8)) throw new DataError("zip-kind", `${name}: expected files stored or deflated without password, got another kind. Unpack it first.`);
    total += size;
    if (size > limits.entryBytes || total > limits.totalBytes || entries.length >= limits.entries) throw new DataError("zip-size", `${name}: expected files of at most ${limits.entryBytes} bytes each, got more. Unpack it first.`);
    entries.push({
      path,
      read: () => {
        if (offset + 30 > bytes.length || view.getUint32(offset, true) !== 0x04034b50) throw damaged("an entry without its header");
        const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
        const content = bytes.subarray(start, start + packed);
        if (content.length !== packed) throw damaged("an entry cut off");
        if (method === 0) return content;
        try {
          // The size that the directory tells bounds the memory.
          return inflateRawSync(content, { maxOutputLength: Math.max(1, size) });
        } catch {
          throw damaged("an entry that cannot be unpacked");
        }
      },
    });
  }
  return entries;
}
