import type { ByteSource } from "../byte-source.js";
import { Cursor, decodeText, undefinedAddress } from "./cursor.js";
import { parseDataspace } from "./dataspace.js";
import { parseDatatype } from "./datatype.js";
import { damaged, unsupported } from "./hdf5-error.js";
import { messageTypes } from "./object-header.js";
import type { Message } from "./object-header.js";

/** Most texts of one attribute. */
const maxTexts = 100_000;

/**
 * Attributes of an object that hold text, as lists; numbers and other values are left out.
 * @see HDF5 file format specification 3.0, IV.A.2.m and III.E
 */
export async function readTextAttributes(source: ByteSource, messages: readonly Message[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const { type, data } of messages) {
    if (type === messageTypes.attributeInfo) requireCompact(data, source.name);
    if (type !== messageTypes.attribute) continue;
    const cursor = new Cursor(data, source.name);
    const version = cursor.uint8();
    if (version < 1 || version > 3) throw unsupported(source.name, "an attribute of another version");
    if (cursor.uint8() !== 0 && version > 1) throw unsupported(source.name, "an attribute whose type is shared");
    const [nameBytes, typeBytes, spaceBytes] = [cursor.uint16(), cursor.uint16(), cursor.uint16()];
    if (version === 3) cursor.skip(1);
    const padded = (n: number): number => (version === 1 ? Math.ceil(n / 8) * 8 : n);
    const name = decodeText(cursor.take(padded(nameBytes)));
    const datatype = parseDatatype(new Cursor(cursor.take(padded(typeBytes)), source.name));
    const shape = parseDataspace(new Cursor(cursor.take(padded(spaceBytes)), source.name), source.name);
    const count = shape.reduce((product, n) => product * n, 1);
    if (datatype.kind !== "text" && datatype.kind !== "text-elsewhere") continue;
    if (count > maxTexts || count * datatype.bytes > cursor.left) throw damaged(source.name, `an attribute ${name.slice(0, 100)} of ${count} texts`);
    const texts: string[] = [];
    for (let i = 0; i < count; i++) {
      texts.push(datatype.kind === "text" ? decodeText(cursor.take(datatype.bytes)) : await readDistantText(source, new Cursor(cursor.take(datatype.bytes), source.name)));
    }
    found.set(name, texts);
  }
  return found;
}

/** More than eight attributes may lie in a heap of their own, which is not read. */
function requireCompact(data: Uint8Array<ArrayBuffer>, file: string): void {
  const cursor = new Cursor(data, file);
  const flags = cursor.skip(1).uint8();
  if (cursor.skip(flags & 1 ? 2 : 0).address() !== undefinedAddress) throw unsupported(file, "attributes in the form of newer files");
}

/** Longest text that lies in a global heap: a model's description in JSON. */
const maxDistantBytes = 1 << 24;

/** Text of varying length: its length, and where in which collection it lies. */
async function readDistantText(source: ByteSource, reference: Cursor): Promise<string> {
  const length = reference.uint32();
  const collection = reference.address();
  const index = reference.uint32();
  if (length === 0 || collection === undefinedAddress) return "";
  const head = new Cursor(await source.read(collection, 16), source.name);
  head.signature("GCOL");
  const size = head.skip(4).uint(8);
  if (size > maxDistantBytes || size < 16 || length > size) throw damaged(source.name, `texts of ${size} bytes`);
  const heap = new Cursor(await source.read(collection, size), source.name).skip(16);
  while (heap.left >= 16) {
    const found = heap.uint16();
    heap.skip(6);
    const bytes = heap.uint(8);
    if (found === 0) break;
    if (found === index) return decodeText(heap.take(Math.min(length, bytes)));
    heap.skip(Math.min(heap.left, Math.ceil(bytes / 8) * 8));
  }
  throw damaged(source.name, "a text that is not where it is announced");
}
