import { createHash } from "node:crypto";
import { DataError, sizeOf, type Tensor } from "../../base/index.js";

/** What a checkpoint carries: named float tensors and plain JSON. */
export interface CheckpointContent {
  readonly tensors: ReadonlyMap<string, Tensor<"float32">>;
  readonly record: unknown;
}

/** Bytes at a place: a file or a part of memory. */
export interface ByteSource {
  readonly length: number;
  read(position: number, length: number): Promise<Buffer>;
}

const magic = Buffer.from("OSTEONC1", "latin1");
const digestBytes = 32;
const align = 8;
/** The most that is read, hashed or written at once. */
const pieceBytes = 2 ** 26;

interface Header {
  readonly record: unknown;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

function padded(length: number): number {
  return Math.ceil(length / align) * align;
}

/**
 * Parts of one file, to be written one after another: magic word, length of the header, header (JSON), the tensors in order
 * as little-endian float32, SHA-256 of all before. The tensors are not copied.
 */
export function* encodeCheckpoint({ tensors, record }: CheckpointContent): Generator<Uint8Array> {
  const header: Header = { record, tensors: [...tensors].map(([name, { shape }]) => ({ name, shape })) };
  const text = Buffer.from(JSON.stringify(header), "utf8");
  const head = Buffer.alloc(padded(magic.length + 8 + text.length));
  magic.copy(head, 0);
  head.writeBigUInt64LE(BigInt(text.length), magic.length);
  text.copy(head, magic.length + 8);
  const hash = createHash("sha256").update(head);
  yield head;
  for (const { data } of tensors.values()) {
    for (let first = 0; first < data.byteLength; first += pieceBytes) {
      const piece = new Uint8Array(data.buffer, data.byteOffset + first, Math.min(pieceBytes, data.byteLength - first));
      hash.update(piece);
      yield piece;
    }
    const gap = Buffer.alloc(padded(data.byteLength) - data.byteLength);
    hash.update(gap);
    yield gap;
  }
  yield hash.digest();
}

/**
 * Reads what {@link encodeCheckpoint} wrote, tensor by tensor: files of any size.
 * @throws DataError `checkpoint-damaged` for anything else, a truncated or altered file included
 */
export async function decodeCheckpoint(source: ByteSource, file: string): Promise<CheckpointContent> {
  const damaged = (found: string) =>
    new DataError("checkpoint-damaged", `${file}: expected a whole checkpoint, got ${found}. Delete it to start again.`);
  const end = source.length - digestBytes;
  if (end < magic.length + 8) throw damaged(`${source.length} bytes`);
  const start = await source.read(0, magic.length + 8);
  if (!start.subarray(0, magic.length).equals(magic)) throw damaged("another kind of file");
  await requireDigest(source, end, damaged);

  const textLength = Number(start.readBigUInt64LE(magic.length));
  const textStart = magic.length + 8;
  const header = JSON.parse((await source.read(textStart, textLength)).toString("utf8")) as Header;
  const tensors = new Map<string, Tensor<"float32">>();
  let offset = padded(textStart + textLength);
  for (const { name, shape } of header.tensors) {
    const data = new Float32Array(sizeOf(shape));
    const bytes = new Uint8Array(data.buffer);
    for (let first = 0; first < bytes.length; first += pieceBytes) {
      bytes.set(await source.read(offset + first, Math.min(pieceBytes, bytes.length - first)), first);
    }
    tensors.set(name, { dtype: "float32", shape, data });
    offset += padded(data.byteLength);
  }
  return { tensors, record: header.record };
}

async function requireDigest(source: ByteSource, end: number, damaged: (found: string) => DataError): Promise<void> {
  const hash = createHash("sha256");
  for (let first = 0; first < end; first += pieceBytes) hash.update(await source.read(first, Math.min(pieceBytes, end - first)));
  if (!hash.digest().equals(await source.read(end, digestBytes))) throw damaged("a truncated or altered one (its checksum differs)");
}
