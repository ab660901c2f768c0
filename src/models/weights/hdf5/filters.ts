import { inflateSync } from "node:zlib";
import type { Cursor } from "./cursor.js";
import { damaged, unsupported } from "./hdf5-error.js";

const filterNames: Readonly<Record<number, "deflate" | "shuffle" | "fletcher32">> = { 1: "deflate", 2: "shuffle", 3: "fletcher32" };

/** Filters in the order in which they were applied when the file was written. @see HDF5 file format specification 3.0, IV.A.2.l */
export function parseFilters(cursor: Cursor, file: string): ("deflate" | "shuffle" | "fletcher32")[] {
  const version = cursor.uint8();
  const count = cursor.uint8();
  if (version !== 1 && version !== 2) throw unsupported(file, "filters of another version");
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => {
    const id = cursor.uint16();
    const nameBytes = version === 1 || id >= 256 ? cursor.uint16() : 0;
    cursor.skip(2);
    const values = cursor.uint16();
    cursor.skip((version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes) + 4 * values + (version === 1 && values % 2 === 1 ? 4 : 0));
    const name = filterNames[id];
    if (name === undefined) throw unsupported(file, `values compressed by filter ${id}`);
    return name;
  });
}

/** Undoes the filters of one chunk; `skipped` has a bit for each that was not applied. Never makes more than `length` bytes and a checksum. */
export function undoFilters(
  bytes: Uint8Array<ArrayBuffer>,
  { filters, skipped, length, elementBytes, file }: { filters: readonly string[]; skipped: number; length: number; elementBytes: number; file: string },
): Uint8Array<ArrayBuffer> {
  let value = bytes;
  for (let i = filters.length - 1; i >= 0; i--) {
    if (skipped & (1 << i)) continue;
    if (filters[i] === "deflate") {
      try {
        // A file has many small chunks: handing each to another thread would cost more than unpacking it.
        value = Uint8Array.from(inflateSync(value, { maxOutputLength: length + 4 * filters.length }));
      } catch (error) {
        throw damaged(file, `compressed values that do not unpack to ${length} bytes (${(error as Error).message})`);
      }
    } else if (filters[i] === "shuffle") value = unshuffle(value, elementBytes);
    else value = value.subarray(0, Math.max(0, value.length - 4));
  }
  if (value.length !== length) throw damaged(file, `a chunk of ${value.length} bytes where ${length} are announced`);
  return value;
}

/** Puts the bytes of each element together again: all first bytes came first, then all second ones. */
function unshuffle(bytes: Uint8Array<ArrayBuffer>, width: number): Uint8Array<ArrayBuffer> {
  const count = Math.floor(bytes.length / width);
  if (width <= 1 || count <= 1) return bytes;
  const result = Uint8Array.from(bytes);
  for (let k = 0; k < width; k++) {
    for (let i = 0; i < count; i++) result[i * width + k] = bytes[k * count + i]!;
  }
  return result;
}
