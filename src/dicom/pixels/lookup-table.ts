import type { Dataset } from "../dataset.js";

/** A table from values to values, held at its ends outside. */
export interface LookupTable {
  readonly first: number;
  readonly entries: Uint16Array;
  /** Bits of the entries. */
  readonly bits: number;
}

/**
 * Reads a descriptor and its data.
 * @param signed whether the values looked up may be negative
 * @returns undefined where the table is incomplete
 * @see DICOM PS3.3 C.11.1.1 (modality), C.11.2.1.1 (VOI), C.7.6.3.1.5 and C.7.6.3.1.6 (palette)
 */
export function readLookupTable(dataset: Dataset, descriptor: string, data: string, signed: boolean): LookupTable | undefined {
  const told = dataset.element(descriptor)?.bytes;
  const values = dataset.element(data);
  if (told === undefined || told.length < 6 || values === undefined) return undefined;
  const { littleEndian } = dataset;
  const view = new DataView(told.buffer, told.byteOffset, told.byteLength);
  // A count of 65536 does not fit 16 bits and is written as 0; count and bits are unsigned whatever the element says.
  const count = view.getUint16(0, littleEndian) || 65536;
  const first = signed ? view.getInt16(2, littleEndian) : view.getUint16(2, littleEndian);
  const bits = Math.min(16, Math.max(8, view.getUint16(4, littleEndian)));
  const entries = new Uint16Array(count);
  const { bytes } = values;
  const source = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 2 * count) for (let i = 0; i < count; i++) entries[i] = source.getUint16(2 * i, littleEndian);
  else if (bytes.length >= count) for (let i = 0; i < count; i++) entries[i] = bytes[i]!;
  else return undefined;
  // Tables of 8 bits are often written into words.
  return { first, entries, bits };
}

export function lookUp({ first, entries }: LookupTable, value: number): number {
  return entries[Math.min(entries.length - 1, Math.max(0, Math.round(value) - first))]!;
}
