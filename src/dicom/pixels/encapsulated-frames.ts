import { DataError } from "../../base/index.js";
import type { DicomFile } from "../parse/parse-dicom.js";

/**
 * The bytes of one compressed frame: by the offset tables, one fragment each, or where codestreams begin.
 * @throws DataError `dicom-frames`
 * @see DICOM PS3.5 annex A.4
 */
export function encapsulatedFrame({ dataset, name }: DicomFile, fragments: readonly Uint8Array[], frame: number, frames: number): Uint8Array {
  const [table, ...parts] = fragments;
  if (table === undefined || parts.length === 0) throw new DataError("dicom-frames", `${name}: expected compressed pixel data, got no fragment. Copy the file again from its source.`);
  if (frames === 1) return joined(parts);
  const starts = parts.length === frames ? parts.map((_, i) => i) : (startsOfTable(dataset.element("ExtendedOffsetTable")?.bytes, 8, parts, frames) ?? startsOfTable(table, 4, parts, frames) ?? startsOfCodestreams(parts));
  if (starts.length !== frames) throw new DataError("dicom-frames", `${name}: expected ${frames} frames, got ${starts.length} in ${parts.length} fragments. Copy the file again from its source.`);
  return joined(parts.slice(starts[frame], starts[frame + 1]));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

/** Index of each frame's first fragment by a table of offsets; undefined where the table is empty or does not fit. */
function startsOfTable(table: Uint8Array | undefined, width: 4 | 8, parts: readonly Uint8Array[], frames: number): number[] | undefined {
  if (table === undefined || table.length < width * frames) return undefined;
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  const positions = new Map<number, number>();
  let at = 0;
  parts.forEach((part, i) => {
    positions.set(at, i);
    at += 8 + part.length;
  });
  const starts = Array.from({ length: frames }, (_, i) => positions.get(width === 4 ? view.getUint32(4 * i, true) : Number(view.getBigUint64(8 * i, true))));
  return starts.every((start, i) => start !== undefined && (i === 0 || start > starts[i - 1]!)) ? (starts as number[]) : undefined;
}

/** Fragments that begin a JPEG or JPEG 2000 codestream. */
function startsOfCodestreams(parts: readonly Uint8Array[]): number[] {
  return parts.flatMap((part, i) => (part[0] === 0xff && (part[1] === 0xd8 || part[1] === 0x4f) ? [i] : []));
}
