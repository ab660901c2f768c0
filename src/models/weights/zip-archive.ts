import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";
import { DataError, UnsupportedError } from "../../base/index.js";
import { memorySource, sourceRange } from "./byte-source.js";
import type { ByteSource } from "./byte-source.js";

interface ZipEntry {
  readonly name: string;
  /** Bytes after unpacking, and as they lie in the file. */
  readonly length: number;
  readonly packedLength: number;
  readonly compressed: boolean;
  readonly checksum: number;
  readonly headerOffset: number;
}

const maxDirectoryBytes = 1 << 24;

/** A compressed member may unpack to this much and four times its own size: weights hardly shrink, bombs do. */
const maxUnpackedBytes = 1 << 26;

export interface ZipArchive {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** One member as a source of its own, checked against its CRC-32 at the first call. */
  open(name: string): Promise<ByteSource>;
  /** All bytes of a member that must not be longer than `maxBytes`. */
  read(name: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Reads the directory at the end of an archive.
 * @throws DataError `zip` for a damaged archive or one that unpacks to far more than it is
 * @throws UnsupportedError `zip-form` for encrypted members, compressed ones where they are not allowed, and archives of 4 GiB or more
 * @see PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16
 */
export async function openZip(file: ByteSource, options: { readonly compressed: "allowed" | "refused" }): Promise<ZipArchive> {
  const refuse = (reason: string): DataError =>
    new DataError("zip", `${file.name}: expected a whole archive, got ${reason}. Fetch the file again.`);
  const tailStart = Math.max(0, file.length - 22 - 65535);
  const tail = await file.read(tailStart, file.length - tailStart);
  const view = new DataView(tail.buffer);
  let at = tail.length - 22;
  while (at >= 0 && view.getUint32(at, true) !== 0x06054b50) at--;
  if (at < 0) throw refuse("no directory at its end");
  const count = view.getUint16(at + 10, true);
  const length = view.getUint32(at + 12, true);
  const start = view.getUint32(at + 16, true);
  if (count === 0xffff || length === 0xffffffff || start === 0xffffffff) {
    throw new UnsupportedError("zip-form", `${file.name}: expected an archive below 4 GiB, got a larger one. Convert it to safetensors.`);
  }
  if (start + length > tailStart + at || length > maxDirectoryBytes) throw refuse(`a directory of ${length} bytes at ${start}`);
  const entries = parseDirectory(await file.read(start, length), { count, file, refuse, compressed: options.compressed });
  const opened = new Map<string, ByteSource>();
  const open = async (name: string): Promise<ByteSource> => {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const source = await openMember(file, entries, name);
    opened.set(name, source);
    return source;
  };
  return {
    entries,
    open,
    async read(name, maxBytes) {
      const source = await open(name);
      if (source.length > maxBytes) throw refuse(`a member ${name} of ${source.length} bytes`);
      return source.read(0, source.length);
    },
  };
}

function parseDirectory(
  bytes: Uint8Array<ArrayBuffer>,
  { count, file, refuse, compressed }: { count: number; file: ByteSource; refuse: (reason: string) => DataError; compressed: "allowed" | "refused" },
): Map<string, ZipEntry> {
  const view = new DataView(bytes.buffer);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) throw refuse("a damaged directory");
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const nameLength = view.getUint16(at + 28, true);
    const skipped = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (at + 46 + nameLength > bytes.length) throw refuse("a damaged directory");
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const packedLength = view.getUint32(at + 20, true);
    const length = view.getUint32(at + 24, true);
    const isReadable = method === 0 || (method === 8 && compressed === "allowed");
    if (!isReadable || (flags & 1) !== 0) {
      throw new UnsupportedError("zip-form", `${file.name}: ${name.slice(0, 200)}: expected a member that is stored plainly, got a compressed or encrypted one. Save it with torch.save or as safetensors.`);
    }
    if (entries.has(name)) throw refuse(`two members named ${name.slice(0, 200)}`);
    if (method === 0 && packedLength !== length) throw refuse(`two lengths for ${name.slice(0, 200)}`);
    if (length > maxUnpackedBytes + 4 * packedLength) throw refuse(`a member ${name.slice(0, 200)} that unpacks from ${packedLength} to ${length} bytes`);
    entries.set(name, { name, length, packedLength, compressed: method === 8, checksum: view.getUint32(at + 16, true), headerOffset: view.getUint32(at + 42, true) });
    at += 46 + nameLength + skipped;
  }
  return entries;
}

async function openMember(file: ByteSource, entries: ReadonlyMap<string, ZipEntry>, name: string): Promise<ByteSource> {
  const refuse = (reason: string): DataError => new DataError("zip", `${file.name}: ${name.slice(0, 200)}: ${reason}. Fetch the file again.`);
  const entry = entries.get(name);
  if (entry === undefined) throw refuse("expected a member of the archive, got none of that name");
  const header = new DataView((await file.read(entry.headerOffset, 30)).buffer);
  if (header.getUint32(0, true) !== 0x04034b50) throw refuse(`expected a member at ${entry.headerOffset}, got other data`);
  const start = entry.headerOffset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  const packed = sourceRange(file, start, entry.packedLength);
  const source = entry.compressed ? memorySource(file.name, await unpack(await packed.read(0, packed.length), entry, refuse)) : packed;
  if ((await checksum(source)) !== entry.checksum) throw refuse("expected the checksum of its directory, got another");
  return source;
}

async function unpack(bytes: Uint8Array, { length }: ZipEntry, refuse: (reason: string) => DataError): Promise<Uint8Array> {
  const unpacked = await promisify(inflateRaw)(bytes, { maxOutputLength: Math.max(length, 1) }).catch((error: Error) => {
    throw refuse(`expected ${length} compressed bytes, got others (${error.message})`);
  });
  if (unpacked.length !== length) throw refuse(`expected ${length} bytes, got ${unpacked.length}`);
  return unpacked;
}

async function checksum(source: ByteSource): Promise<number> {
  let value = 0;
  for (let at = 0; at < source.length; at += 1 << 22) value = crc32(await source.read(at, Math.min(1 << 22, source.length - at)), value);
  return value;
}
