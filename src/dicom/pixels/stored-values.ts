import { DataError } from "../../base/index.js";
import { decodeCompressed, type RawFrame } from "../codecs/decode-compressed.js";
import type { DicomFile } from "../parse/parse-dicom.js";
import { encapsulatedFrame } from "./encapsulated-frames.js";
import { readImageModule, type ImageModule } from "./image-module.js";

export type StoredArray = Uint8Array | Int8Array | Uint16Array | Int16Array;

/** One frame as stored, before any lookup or color transform. */
export interface StoredFrame {
  /** Row-major; colors interleaved. Bits outside BitsStored, where old overlays lie, are gone, and the sign is extended. */
  readonly values: StoredArray;
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: 1 | 3;
  /** What the samples mean after decompression. */
  readonly photometricInterpretation: string;
  readonly bitsStored: number;
  readonly signed: boolean;
}

/** Largest frame decoded unless the caller says otherwise. */
const defaultMaxPixels = 100_000_000;

export interface StoredOptions {
  /** Largest rows x columns. */
  readonly maxPixels?: number;
}

/**
 * Decodes one frame to its stored values.
 * @param frame from 0
 * @throws DataError `dicom-no-image`, `dicom-image`, `dicom-frames`, `dicom-pixels` where there are too few bytes, `dicom-codestream`
 * @see DICOM PS3.5 section 8; checked against pydicom 2.3, gdcm 3.0 and dcmtk 3.6
 */
export function readStoredValues(file: DicomFile, frame = 0, { maxPixels = defaultMaxPixels }: StoredOptions = {}): StoredFrame {
  const module = readImageModule(file);
  const { rows, columns, frames, samplesPerPixel, bitsStored, signed } = module;
  if (rows * columns > maxPixels) {
    throw new DataError("dicom-image", `${file.name}: expected at most ${maxPixels} pixels, got ${columns} x ${rows} = ${rows * columns}. Scale it down first or raise maxPixels.`);
  }
  if (!Number.isInteger(frame) || frame < 0 || frame >= frames) {
    throw new DataError("dicom-frames", `${file.name}: expected a frame from 0 to ${frames - 1}, got ${frame}. Choose one of them.`);
  }
  const fragments = file.dataset.element("PixelData")!.fragments;
  const raw =
    fragments === undefined
      ? nativeFrame(file, module, frame)
      : file.transferSyntax.codec === "native"
        ? unpacked(file, encapsulatedFrame(file, fragments, frame, frames), module)
        : decodeCompressed(encapsulatedFrame(file, fragments, frame, frames), module, { syntax: file.transferSyntax, name: file.name });
  const values = trimmed(interleaved(raw, module), raw, module);
  return { values, rows, columns, samplesPerPixel, photometricInterpretation: raw.photometricInterpretation, bitsStored, signed };
}

/**
 * The stored values of a frame as they lie in the file, where nothing needs to be done to them: not compressed, little endian, not by
 * planes, and no bit set outside the stored ones. The values are the file's own memory and must not be written to.
 */
export function viewStoredValues(file: DicomFile, frame = 0): StoredFrame | undefined {
  const module = readImageModule(file);
  const { rows, columns, frames, samplesPerPixel, bitsAllocated, bitsStored, highBit, signed, planar, photometricInterpretation } = module;
  const element = file.dataset.element("PixelData")!;
  const isPlain = element.fragments === undefined && file.transferSyntax.codec === "native" && file.dataset.littleEndian && !photometricInterpretation.endsWith("_422") && !(planar && samplesPerPixel === 3) && highBit === bitsStored - 1;
  const length = frameLength(module);
  const offset = element.bytes.byteOffset + frame * length;
  if (!isPlain || frame >= frames || element.bytes.length < length * (frame + 1) || offset % (bitsAllocated / 8) !== 0) return undefined;
  const count = rows * columns * samplesPerPixel;
  const views = { 8: signed ? Int8Array : Uint8Array, 16: signed ? Int16Array : Uint16Array } as const;
  const values = new views[bitsAllocated](element.bytes.buffer as ArrayBuffer, offset, count);
  return hasOnlyStoredBits(values, { bitsStored, signed }) ? { values, rows, columns, samplesPerPixel, photometricInterpretation, bitsStored, signed } : undefined;
}

function hasOnlyStoredBits(values: StoredArray, { bitsStored, signed }: Pick<ImageModule, "bitsStored" | "signed">): boolean {
  if (bitsStored === 8 * values.BYTES_PER_ELEMENT) return true;
  // Differences to what the stored bits alone say, gathered over all values: one look at the end.
  let other = 0;
  if (signed) {
    const up = 32 - bitsStored;
    for (let i = 0; i < values.length; i++) other |= values[i]! ^ ((values[i]! << up) >> up);
    return other === 0;
  }
  const mask = 2 ** bitsStored - 1;
  // Four bytes at a time, but for what stands before the first and after the last whole word.
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const first = (4 - (values.byteOffset % 4)) % 4;
  const words = new Uint32Array(values.buffer, values.byteOffset + first, Math.max(0, (bytes.length - first) >> 2));
  const whole = words.length - (words.length % 8);
  for (let i = 0; i < whole; i += 8) other |= words[i]! | words[i + 1]! | words[i + 2]! | words[i + 3]! | words[i + 4]! | words[i + 5]! | words[i + 6]! | words[i + 7]!;
  for (let i = whole; i < words.length; i++) other |= words[i]!;
  const width = values.BYTES_PER_ELEMENT;
  const outside = width === 2 ? ~(mask | (mask << 16)) : ~(mask * 0x01010101);
  if ((other & outside) !== 0) return false;
  for (const [from, to] of [[0, first / width], [(first + 4 * words.length) / width, values.length]] as const) for (let i = from; i < to; i++) if ((values[i]! & ~mask) !== 0) return false;
  return true;
}

/** Bytes of one frame that is not compressed. */
function frameLength({ rows, columns, samplesPerPixel, photometricInterpretation, bitsAllocated }: ImageModule): number {
  const samples = photometricInterpretation === "YBR_FULL_422" || photometricInterpretation === "YBR_PARTIAL_422" ? 2 : samplesPerPixel;
  return (rows * columns * samples * bitsAllocated) / 8;
}

/**
 * Bytes of one frame as they lie in the file, which is not compressed.
 * @throws DataError `dicom-pixels`
 */
export function nativeFrameBytes(file: DicomFile, frame: number): Uint8Array {
  const module = readImageModule(file);
  const { bytes } = file.dataset.element("PixelData")!;
  const length = frameLength(module);
  if (file.transferSyntax.codec !== "native") {
    throw new DataError("dicom-pixels", `${file.name}: expected fragments of ${file.transferSyntax.title}, got pixels that are not compressed. Export the file anew.`);
  }
  if (bytes.length < length * (frame + 1)) {
    throw new DataError("dicom-pixels", `${file.name}: expected ${length * module.frames} bytes of pixel data, got ${bytes.length}. Copy the file again from its source: it is cut off or its header is wrong.`);
  }
  return bytes.subarray(frame * length, (frame + 1) * length);
}

function nativeFrame(file: DicomFile, module: ImageModule, frame: number): RawFrame {
  const part = nativeFrameBytes(file, frame);
  // Big endian words hold two bytes of 8 bits in reverse, too.
  const swap = !file.dataset.littleEndian && (module.bitsAllocated === 16 || file.dataset.element("PixelData")!.vr === "OW");
  return unpacked(file, swap ? Buffer.from(part).swap16() : part, module);
}

/** Frames of 4:2:2 color hold Y Y Cb Cr for two pixels: the colors are repeated. */
function unpacked(file: DicomFile, bytes: Uint8Array, module: ImageModule): RawFrame {
  const { bitsAllocated, photometricInterpretation, planar } = module;
  const length = frameLength(module);
  if (bytes.length < length) throw new DataError("dicom-pixels", `${file.name}: expected ${length} bytes for a frame, got ${bytes.length}. Copy the file again from its source.`);
  if (!photometricInterpretation.endsWith("_422") || bitsAllocated !== 8) return { bytes, bitsAllocated, planar, photometricInterpretation };
  const pairs = (module.rows * module.columns) >> 1;
  const full = new Uint8Array(module.rows * module.columns * 3);
  for (let i = 0; i < pairs; i++) {
    for (const k of [0, 1]) {
      full[6 * i + 3 * k] = bytes[4 * i + k]!;
      full[6 * i + 3 * k + 1] = bytes[4 * i + 2]!;
      full[6 * i + 3 * k + 2] = bytes[4 * i + 3]!;
    }
  }
  return { bytes: full, bitsAllocated: 8, planar: false, photometricInterpretation };
}

/** Samples as numbers, colors interleaved. */
function interleaved({ bytes, bitsAllocated, planar }: RawFrame, { rows, columns, samplesPerPixel }: ImageModule): Uint8Array | Uint16Array {
  const count = rows * columns * samplesPerPixel;
  // A copy, as 16-bit views need even offsets and the caller may keep the values.
  const own = Uint8Array.prototype.slice.call(bytes, 0, (count * bitsAllocated) / 8);
  const samples = bitsAllocated === 8 ? own : new Uint16Array(own.buffer, own.byteOffset, count);
  if (!planar || samplesPerPixel === 1) return samples;
  const mixed = bitsAllocated === 8 ? new Uint8Array(count) : new Uint16Array(count);
  const size = rows * columns;
  for (let c = 0; c < 3; c++) for (let i = 0; i < size; i++) mixed[3 * i + c] = samples[c * size + i]!;
  return mixed;
}

function trimmed(samples: Uint8Array | Uint16Array, raw: RawFrame, { bitsStored, highBit, bitsAllocated, signed }: ImageModule): StoredArray {
  const compressed = raw.bitsAllocated !== bitsAllocated;
  const shift = compressed ? 0 : highBit + 1 - bitsStored;
  const width = samples.BYTES_PER_ELEMENT * 8;
  const wide = bitsAllocated === 16 && width === 8 ? Uint16Array.from(samples) : samples;
  if (signed) {
    const values = wide.BYTES_PER_ELEMENT === 1 ? new Int8Array(wide.buffer, wide.byteOffset, wide.length) : new Int16Array(wide.buffer, wide.byteOffset, wide.length);
    const up = 32 - bitsStored - shift;
    const down = 32 - bitsStored;
    if (shift > 0 || bitsStored < wide.BYTES_PER_ELEMENT * 8) for (let i = 0; i < values.length; i++) values[i] = (values[i]! << up) >> down;
    return values;
  }
  const mask = 2 ** bitsStored - 1;
  if (shift > 0 || mask < 2 ** (wide.BYTES_PER_ELEMENT * 8) - 1) for (let i = 0; i < wide.length; i++) wide[i] = (wide[i]! >> shift) & mask;
  return wide;
}
