import type { Tensor } from "../../../base/index.js";
import { UnsupportedError, sizeOf } from "../../../base/index.js";
import type { ByteSource } from "../byte-source.js";
import { tensorFromBytes } from "../element-type.js";
import { Cursor, undefinedAddress } from "./cursor.js";
import { parseDataspace } from "./dataspace.js";
import { parseDatatype } from "./datatype.js";
import type { Datatype } from "./datatype.js";
import { parseFilters, undoFilters } from "./filters.js";
import { TreeWalk } from "./group.js";
import { damaged, unsupported } from "./hdf5-error.js";
import { messageTypes } from "./object-header.js";
import type { Message } from "./object-header.js";

type Layout =
  | { readonly kind: "compact"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "contiguous"; readonly address: number; readonly length: number }
  | { readonly kind: "chunked"; readonly tree: number; readonly chunk: readonly number[] };

/** What is known of a data set before its values are read. */
export interface Dataset {
  readonly shape: readonly number[];
  readonly datatype: Datatype;
  readonly layout: Layout;
  readonly filters: readonly string[];
  /** Bytes of all values. */
  readonly byteLength: number;
}

/** The data set of an object's messages, or undefined where it is none. */
export function parseDataset(messages: readonly Message[], file: string): Dataset | undefined {
  const find = (type: number): Cursor | undefined => {
    const data = messages.find((message) => message.type === type)?.data;
    return data === undefined ? undefined : new Cursor(data, file);
  };
  const [space, type, layoutMessage, filterMessage] = [messageTypes.dataspace, messageTypes.datatype, messageTypes.layout, messageTypes.filters].map(find);
  if (space === undefined || type === undefined || layoutMessage === undefined) return undefined;
  const shape = parseDataspace(space, file);
  const datatype = parseDatatype(type);
  const byteLength = sizeOf(shape) * datatype.bytes;
  if (!Number.isSafeInteger(byteLength)) throw damaged(file, `values of extents [${shape.join(", ")}]`);
  const layout = parseLayout(layoutMessage, { shape, datatype, file });
  return { shape, datatype, layout, filters: filterMessage === undefined ? [] : parseFilters(filterMessage, file), byteLength };
}

/** @see HDF5 file format specification 3.0, IV.A.2.i */
function parseLayout(cursor: Cursor, { shape, datatype, file }: { shape: readonly number[]; datatype: Datatype; file: string }): Layout {
  const version = cursor.uint8();
  if (version !== 3 && version !== 4) throw unsupported(file, `values in layout ${version}`);
  const kind = cursor.uint8();
  if (kind === 0) return { kind: "compact", bytes: cursor.take(cursor.uint16()) };
  if (kind === 1) return { kind: "contiguous", address: cursor.address(), length: cursor.uint(8) };
  if (kind !== 2 || version !== 3) throw unsupported(file, "chunks in the form of newer files");
  const rank = cursor.uint8() - 1;
  const tree = cursor.address();
  const chunk = Array.from({ length: Math.max(rank, 0) }, () => cursor.uint32());
  const elementBytes = cursor.uint32();
  const size = sizeOf(chunk) * elementBytes;
  // A chunk may reach beyond the values, but not so far that unpacking it takes far more memory than they do.
  const isBounded = size > 0 && size <= Math.max(4 * sizeOf(shape) * elementBytes, 1 << 20);
  if (rank !== shape.length || elementBytes !== datatype.bytes || !isBounded) throw damaged(file, `chunks of [${chunk.join(", ")}] for values [${shape.join(", ")}]`);
  return { kind: "chunked", tree, chunk };
}

/**
 * A data set's numbers.
 * @throws DataError `hdf5`, `weights-truncated` @throws UnsupportedError `weights-type` for values that are no numbers of a known form
 */
export async function readDataset(source: ByteSource, dataset: Dataset, name: string): Promise<Tensor> {
  const { datatype, shape } = dataset;
  const { kind } = datatype;
  if (kind === "text" || kind === "text-elsewhere" || kind === "other") {
    throw new UnsupportedError("weights-type", `${source.name}: ${name}: expected numbers, got ${datatype.title}.`);
  }
  const bytes = await readBytes(source, dataset);
  if (datatype.bigEndian && datatype.bytes > 1) {
    for (let at = 0; at < bytes.length; at += datatype.bytes) bytes.subarray(at, at + datatype.bytes).reverse();
  }
  return tensorFromBytes(kind, shape, bytes);
}

async function readBytes(source: ByteSource, dataset: Dataset): Promise<Uint8Array<ArrayBuffer>> {
  const { layout, byteLength } = dataset;
  if (byteLength === 0) return new Uint8Array(0);
  if (layout.kind === "chunked") return readChunks(source, dataset, layout);
  if (layout.kind === "compact") {
    if (layout.bytes.length !== byteLength) throw damaged(source.name, `${layout.bytes.length} bytes of values where ${byteLength} are announced`);
    return Uint8Array.from(layout.bytes);
  }
  if (layout.address === undefinedAddress) throw damaged(source.name, "values that were never written");
  if (layout.length !== byteLength) throw damaged(source.name, `${layout.length} bytes of values where ${byteLength} are announced`);
  return source.read(layout.address, byteLength);
}

/** Chunks that the values are cut into; 0 where they are in one piece. */
export function countChunks({ shape, layout }: Pick<Dataset, "shape" | "layout">): number {
  return layout.kind === "chunked" ? shape.reduce((product, n, axis) => product * Math.ceil(n / layout.chunk[axis]!), 1) : 0;
}

/** Chunks put in their places; what lies beyond the extents is dropped, and a chunk that is missing stays zero. */
async function readChunks(source: ByteSource, dataset: Dataset, layout: Layout & { kind: "chunked" }): Promise<Uint8Array<ArrayBuffer>> {
  const { shape, datatype, filters, byteLength } = dataset;
  const { chunk } = layout;
  const result = new Uint8Array(byteLength);
  if (layout.tree === undefinedAddress) return result;
  const file = source.name;
  const rank = shape.length;
  const length = sizeOf(chunk) * datatype.bytes;
  const expected = countChunks(dataset);
  const walk = new TreeWalk(source, { type: 1, keyBytes: 8 + 8 * (rank + 1), maxNodes: expected + 64 });
  const leaves = await walk.leaves(layout.tree);
  if (leaves.length > expected) throw damaged(file, `${leaves.length} chunks where ${expected} are enough`);
  for (const { key, child } of leaves) {
    const cursor = new Cursor(key, file);
    const stored = cursor.uint32();
    const skipped = cursor.uint32();
    const offsets = Array.from({ length: rank }, () => cursor.uint(8));
    if (offsets.some((offset, axis) => offset >= shape[axis]! || offset % chunk[axis]! !== 0)) throw damaged(file, `a chunk at [${offsets.join(", ")}]`);
    const bytes = undoFilters(await source.read(child, stored), { filters, skipped, length, elementBytes: datatype.bytes, file });
    placeChunk(result, bytes, { shape, chunk, offsets, width: datatype.bytes });
  }
  return result;
}

/** Copies the rows of a chunk that lie within the extents. */
function placeChunk(
  target: Uint8Array,
  bytes: Uint8Array,
  { shape, chunk, offsets, width }: { shape: readonly number[]; chunk: readonly number[]; offsets: readonly number[]; width: number },
): void {
  const rank = shape.length;
  if (rank === 0) return target.set(bytes);
  const inside = chunk.map((n, axis) => Math.min(n, shape[axis]! - offsets[axis]!));
  const rows = sizeOf(inside.slice(0, -1));
  const rowBytes = inside[rank - 1]! * width;
  const index = inside.map(() => 0);
  for (let row = 0; row < rows; row++) {
    let [from, to] = [0, 0];
    for (let axis = 0; axis < rank; axis++) {
      from = from * chunk[axis]! + index[axis]!;
      to = to * shape[axis]! + offsets[axis]! + index[axis]!;
    }
    target.set(bytes.subarray(from * width, from * width + rowBytes), to * width);
    for (let axis = rank - 2; axis >= 0; axis--) {
      if (++index[axis]! < inside[axis]!) break;
      index[axis] = 0;
    }
  }
}
