import { z } from "zod";
import type { Tensor } from "../../base/index.js";
import { DataError, NotFoundError, UnsupportedError } from "../../base/index.js";
import type { StoredTensor, WeightsFile, WeightsFormat } from "./contract.js";
import { bytesPerStoredElement, tensorFromBytes } from "./element-type.js";
import type { ElementType } from "./element-type.js";
import { parseJsonObject } from "./json-object.js";
import { RandomAccessFile } from "./random-access-file.js";

/** Longest header and most tensors that are read: far above any network's, far below what would fill the memory. */
export const maxHeaderBytes = 8_000_000;
const maxTensors = 20_000;

/** Element types by the format's spelling. */
export const safetensorsTypes = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  I64: "int64",
  I32: "int32",
  I16: "int16",
  I8: "int8",
  U16: "uint16",
  U8: "uint8",
  BOOL: "bool",
} as const satisfies Record<string, ElementType>;

/** Types of the format that have no counterpart here: refused when read, not when the file is opened. */
const bitsOfForeignTypes: Record<string, number> = { U64: 64, U32: 32, F8_E4M3: 8, F8_E5M2: 8, F8_E8M0: 8, C64: 64 };

const safeInteger = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(safeInteger).max(32),
  data_offsets: z.tuple([safeInteger, safeInteger]),
});
const metadataSchema = z.record(z.string(), z.string());

interface Entry extends StoredTensor {
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly entries: readonly Entry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads the JSON header and checks that the tensors fill the data exactly: no gap, no overlap, no length that differs
 * from the shape's, none past the end.
 * @param dataLength bytes after the header
 * @throws DataError `weights-header`
 */
export function parseHeader(header: Uint8Array, dataLength: number, fileName: string): SafetensorsHeader {
  const refuse = (reason: string): DataError =>
    new DataError("weights-header", `${fileName}: expected a safetensors header, got: ${reason}. Fetch the file again.`);
  let object: Record<string, unknown>;
  try {
    object = parseJsonObject(new TextDecoder("utf-8", { fatal: true }).decode(header), { objects: maxTensors + 2, marks: 30 * maxTensors, depth: 64 });
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  let metadata: Record<string, string> = {};
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(object)) {
    if (name === "__metadata__") {
      const parsed = metadataSchema.safeParse(value);
      if (!parsed.success) throw refuse("metadata that is not text");
      metadata = parsed.data;
      continue;
    }
    const parsed = entrySchema.safeParse(value);
    const subject = `tensor ${JSON.stringify(name.slice(0, 200))}`;
    if (!parsed.success) throw refuse(`${subject} with ${z.prettifyError(parsed.error).replaceAll("\n", " ")}`);
    const { dtype, shape, data_offsets } = parsed.data;
    entries.push({ name, storedAs: dtype, shape, start: data_offsets[0], end: data_offsets[1] });
    const expected = storedBytes(dtype, shape);
    if (expected === undefined) throw refuse(`${subject} of unknown type ${JSON.stringify(dtype.slice(0, 40))}`);
    if (data_offsets[1] - data_offsets[0] !== expected) {
      throw refuse(`${subject} of ${expected} bytes at ${data_offsets.join(" to ")}`);
    }
  }
  const ordered = entries.toSorted((a, b) => a.start - b.start || a.end - b.end);
  let end = 0;
  for (const entry of ordered) {
    if (entry.start !== end) throw refuse(`tensor ${JSON.stringify(entry.name.slice(0, 200))} that does not follow the one before it`);
    end = entry.end;
  }
  if (end !== dataLength) throw refuse(`tensors of ${end} bytes and ${dataLength} bytes of data`);
  return { entries, metadata };
}

/** Bytes of a tensor, undefined for an unknown type; not a safe integer where the shape is absurd. */
function storedBytes(dtype: string, shape: readonly number[]): number | undefined {
  const bits = Object.hasOwn(safetensorsTypes, dtype)
    ? 8 * bytesPerStoredElement(safetensorsTypes[dtype as keyof typeof safetensorsTypes])
    : Object.hasOwn(bitsOfForeignTypes, dtype) ? bitsOfForeignTypes[dtype] : undefined;
  return bits === undefined ? undefined : (shape.includes(0) ? 0 : shape.reduce((product, n) => product * n, 1)) * (bits / 8);
}

class SafetensorsFile implements WeightsFile {
  readonly tensors: readonly StoredTensor[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly #byName: ReadonlyMap<string, Entry>;

  constructor(
    private readonly file: RandomAccessFile,
    header: SafetensorsHeader,
    private readonly dataStart: number,
  ) {
    this.tensors = header.entries;
    this.metadata = header.metadata;
    this.#byName = new Map(header.entries.map((entry) => [entry.name, entry]));
  }

  async read(name: string): Promise<Tensor> {
    const entry = this.#byName.get(name);
    if (entry === undefined) throw new NotFoundError("unknown-tensor", `${this.file.name}: expected a tensor of the file, got "${name}".`);
    if (!Object.hasOwn(safetensorsTypes, entry.storedAs)) {
      throw new UnsupportedError("weights-type", `${this.file.name}: ${name}: expected one of ${Object.keys(safetensorsTypes).join(", ")}, got ${entry.storedAs}.`);
    }
    const bytes = await this.file.read(this.dataStart + entry.start, entry.end - entry.start);
    return tensorFromBytes(safetensorsTypes[entry.storedAs as keyof typeof safetensorsTypes], entry.shape, bytes);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

export const safetensors: WeightsFormat = {
  title: "safetensors",
  summary: "A JSON header with names, types, shapes and offsets, then the values. Holds no program.",
  reference: "https://github.com/huggingface/safetensors",
  extensions: [".safetensors"],
  lossy: false,
  async open(path) {
    const file = await RandomAccessFile.open(path);
    try {
      const refuse = (reason: string): DataError =>
        new DataError("weights-header", `${file.name}: expected a safetensors file, got ${reason}. Fetch the file again.`);
      if (file.length < 8) throw refuse(`${file.length} bytes`);
      const prefix = await file.read(0, 8);
      const headerLength = new DataView(prefix.buffer).getBigUint64(0, true);
      if (headerLength > BigInt(maxHeaderBytes)) throw refuse(`a header of ${headerLength} bytes, where ${maxHeaderBytes} are allowed`);
      const dataStart = 8 + Number(headerLength);
      if (dataStart > file.length) throw refuse(`a header of ${headerLength} bytes in a file of ${file.length}`);
      const header = await file.read(8, Number(headerLength));
      return new SafetensorsFile(file, parseHeader(header, file.length - dataStart, file.name), dataStart);
    } catch (error) {
      await file.close();
      throw error;
    }
  },
};
