import { crc32 } from "node:zlib";
import { DataError, UnsupportedError } from "../../base/index.js";
import type { RandomAccessFile } from "./random-access-file.js";

interface ZipEntry {
  readonly name: string;
  readonly length: number;
  readonly checksum: number;
  readonly headerOffset: number;
}

const maxDirectoryBytes = 1 << 26;

/** An archive of uncompressed members, as PyTorch writes. */
export interface ZipArchive {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** Bytes of one member, checked against its CRC-32. */
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Reads the directory at the end of an archive.
 * @throws DataError `zip` for a damaged archive
 * @throws UnsupportedError `zip-form` for compressed or encrypted members and archives of 4 GiB or more
 * @see PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16
 */
export async function openZip(file: RandomAccessFile): Promise<ZipArchive> {
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
  const entries = parseDirectory(await file.read(start, length), { count, file, refuse });
  return { entries, read: (name) => readMember(file, entries, name) };
}

function parseDirectory(
  bytes: Uint8Array<ArrayBuffer>,
  { count, file, refuse }: { count: number; file: RandomAccessFile; refuse: (reason: string) => DataError },
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
    const length = view.getUint32(at + 24, true);
    if (method !== 0 || (flags & 1) !== 0) {
      throw new UnsupportedError("zip-form", `${file.name}: ${name}: expected a member that is stored plainly, got a compressed or encrypted one. Save it with torch.save or as safetensors.`);
    }
    if (entries.has(name)) throw refuse(`two members named ${name}`);
    if (view.getUint32(at + 20, true) !== length) throw refuse(`two lengths for ${name}`);
    entries.set(name, { name, length, checksum: view.getUint32(at + 16, true), headerOffset: view.getUint32(at + 42, true) });
    at += 46 + nameLength + skipped;
  }
  return entries;
}

async function readMember(file: RandomAccessFile, entries: ReadonlyMap<string, ZipEntry>, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const entry = entries.get(name);
  if (entry === undefined) throw new DataError("zip", `${file.name}: expected a member "${name}", found none. Fetch the file again.`);
  const header = new DataView((await file.read(entry.headerOffset, 30)).buffer);
  if (header.getUint32(0, true) !== 0x04034b50) {
    throw new DataError("zip", `${file.name}: ${name}: expected a member at ${entry.headerOffset}, found other data. Fetch the file again.`);
  }
  const start = entry.headerOffset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  const bytes = await file.read(start, entry.length);
  if (crc32(bytes) !== entry.checksum) {
    throw new DataError("zip", `${file.name}: ${name}: expected the checksum of its directory, got another. The file is damaged: fetch it again.`);
  }
  return bytes;
}
