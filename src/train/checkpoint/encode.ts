import { createHash } from "node:crypto";
import { DataError, sizeOf, type Tensor } from "../../base/index.js";

/** What a checkpoint carries: named float tensors and plain JSON. */
export interface CheckpointContent {
  readonly tensors: ReadonlyMap<string, Tensor<"float32">>;
  readonly record: unknown;
}

const magic = Buffer.from("OSTEONC1", "latin1");
const digestBytes = 32;
const align = 8;

interface Header {
  readonly record: unknown;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

function padded(length: number): number {
  return Math.ceil(length / align) * align;
}

/** One buffer: magic word, length of the header, header (JSON), the tensors in order as little-endian float32, SHA-256 of all before. */
export function encodeCheckpoint({ tensors, record }: CheckpointContent): Buffer {
  const header: Header = { record, tensors: [...tensors].map(([name, { shape }]) => ({ name, shape })) };
  const text = Buffer.from(JSON.stringify(header), "utf8");
  const dataStart = padded(magic.length + 8 + text.length);
  let size = dataStart;
  for (const { data } of tensors.values()) size += padded(data.byteLength);
  const bytes = Buffer.alloc(size + digestBytes);
  magic.copy(bytes, 0);
  bytes.writeBigUInt64LE(BigInt(text.length), magic.length);
  text.copy(bytes, magic.length + 8);
  let offset = dataStart;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += padded(data.byteLength);
  }
  createHash("sha256").update(bytes.subarray(0, size)).digest().copy(bytes, size);
  return bytes;
}

/**
 * Reads what {@link encodeCheckpoint} wrote.
 * @throws DataError `checkpoint-damaged` for anything else, a truncated or altered file included
 */
export function decodeCheckpoint(bytes: Buffer, file: string): CheckpointContent {
  const damaged = (found: string) =>
    new DataError("checkpoint-damaged", `${file}: expected a whole checkpoint, got ${found}. Delete it to start again.`);
  if (bytes.length < magic.length + 8 + digestBytes) throw damaged(`${bytes.length} bytes`);
  if (!bytes.subarray(0, magic.length).equals(magic)) throw damaged("another kind of file");
  const body = bytes.subarray(0, bytes.length - digestBytes);
  const digest = createHash("sha256").update(body).digest();
  if (!digest.equals(bytes.subarray(bytes.length - digestBytes))) throw damaged("a truncated or altered one (its checksum differs)");

  const textLength = Number(body.readBigUInt64LE(magic.length));
  const textStart = magic.length + 8;
  const header = JSON.parse(body.toString("utf8", textStart, textStart + textLength)) as Header;
  const tensors = new Map<string, Tensor<"float32">>();
  let offset = padded(textStart + textLength);
  for (const { name, shape } of header.tensors) {
    const data = new Float32Array(sizeOf(shape));
    new Uint8Array(data.buffer).set(body.subarray(offset, offset + data.byteLength));
    tensors.set(name, { dtype: "float32", shape, data });
    offset += padded(data.byteLength);
  }
  return { tensors, record: header.record };
}
