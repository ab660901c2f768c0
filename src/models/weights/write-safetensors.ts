import type { DataType, Tensor } from "../../base/index.js";
import { InputError, bytesPerElement } from "../../base/index.js";
import { writeFileAtomic } from "../../files/index.js";
import { safetensorsTypes } from "./safetensors.js";

const spellings = new Map<DataType, string>(
  Object.entries(safetensorsTypes).flatMap(([spelling, type]) => (type === "bfloat16" ? [] : [[type, spelling]])),
);

const bytesOf = ({ data }: Tensor): Uint8Array => new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);

/** The file's bytes in pieces: length, header padded with spaces to a multiple of 8, values. */
export function encodeSafetensors(tensors: ReadonlyMap<string, Tensor>, metadata: Readonly<Record<string, string>> = {}): Uint8Array[] {
  // Larger elements first keeps every tensor aligned; by name makes the same tensors the same bytes.
  const byWidthThenName = (a: readonly [string, Tensor], b: readonly [string, Tensor]): number =>
    bytesPerElement(b[1].dtype) - bytesPerElement(a[1].dtype) || (a[0] < b[0] ? -1 : 1);
  const ordered = [...tensors].toSorted(byWidthThenName);
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) header.set("__metadata__", metadata);
  let offset = 0;
  for (const [name, value] of ordered) {
    if (name === "__metadata__") throw new InputError("tensor-name", 'tensor "__metadata__": expected a name that the format leaves free, got the one it reserves.');
    const end = offset + value.data.byteLength;
    header.set(name, { dtype: spellings.get(value.dtype), shape: value.shape, data_offsets: [offset, end] });
    offset = end;
  }
  // Built entry by entry: an object would lose a tensor named "__proto__" and move names that look like numbers.
  const text = `{${[...header].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`;
  const encoded = new TextEncoder().encode(text);
  const padded = new Uint8Array(Math.ceil(encoded.length / 8) * 8).fill(0x20);
  padded.set(encoded);
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(padded.length), true);
  return [prefix, padded, ...ordered.map(([, value]) => bytesOf(value))];
}

/**
 * Writes named tensors; the file is whole or not there.
 * @throws DataError `file-enospc` and the like
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeFileAtomic(path, encodeSafetensors(tensors, metadata));
}
