import { DataError } from "../../base/index.js";
import type { ImageModule } from "../pixels/image-module.js";
import type { CodecName, TransferSyntax } from "../transfer-syntax.js";
import { readJpeg2000Header, readJpegHeader, type CodestreamHeader } from "./codestream-header.js";
import { decodeRle, RleFailure } from "./rle.js";
import { CodecFailure, decodeFrame, type WasmCodec } from "./wasm-codecs.js";

/** A frame out of its compression. */
export interface RawFrame {
  /** Samples, little endian. */
  readonly bytes: Uint8Array;
  readonly bitsAllocated: 8 | 16;
  readonly planar: boolean;
  readonly photometricInterpretation: string;
  /** Samples as the codestream says: signed, and of so many bits. */
  readonly signed?: boolean;
}

const wasm: Partial<Record<CodecName, WasmCodec>> = { jpeg: "DecodeJpeg", "jpeg-ls": "DecodeJpegLs", "jpeg-2000": "DecodeJpeg2000", htj2k: "DecodeHtJpeg2000" };

/** The codecs' numbers of photometric interpretations. */
const photometricNumbers: Readonly<Record<string, number>> = { MONOCHROME1: 0, MONOCHROME2: 1, "PALETTE COLOR": 2, RGB: 3, YBR_FULL: 4, YBR_FULL_422: 5, YBR_PARTIAL_422: 6, YBR_PARTIAL_420: 7, YBR_ICT: 8, YBR_RCT: 9 };

/**
 * Decodes one compressed frame.
 * @throws DataError `dicom-codestream` where the frame is damaged or is not what the data set says
 */
export function decodeCompressed(encoded: Uint8Array, module: ImageModule, { syntax, name }: { syntax: TransferSyntax; name: string }): RawFrame {
  const damaged = (got: string, cause?: unknown): DataError =>
    new DataError("dicom-codestream", `${name}: expected a complete frame of ${syntax.title}, got ${got}. Copy the file again from its source or export it anew.`, { cause });
  const { rows, columns, samplesPerPixel, photometricInterpretation } = module;
  if (syntax.codec === "rle") {
    try {
      const bytes = decodeRle(encoded, { pixels: rows * columns, samplesPerPixel, bytesPerSample: module.bitsAllocated === 8 ? 1 : 2 });
      return { bytes, bitsAllocated: module.bitsAllocated, planar: false, photometricInterpretation };
    } catch (cause) {
      throw cause instanceof RleFailure ? damaged(cause.message, cause) : cause;
    }
  }
  const isJpeg = syntax.codec === "jpeg" || syntax.codec === "jpeg-ls";
  const header = isJpeg ? readJpegHeader(encoded) : readJpeg2000Header(encoded);
  if (header === undefined) throw damaged("data without its header");
  if (header.width !== columns || header.height !== rows || header.components !== samplesPerPixel) {
    throw damaged(`one of ${header.width} x ${header.height} pixels with ${header.components} samples where the header says ${columns} x ${rows} with ${samplesPerPixel}`);
  }
  if (header.precision > module.bitsAllocated || header.precision < 2) throw damaged(`${header.precision} bits per sample in ${module.bitsAllocated}`);
  try {
    const bitsAllocated = header.precision > 8 ? 16 : module.bitsAllocated;
    const decoded = decodeFrame(wasm[syntax.codec]!, encoded, { rows, columns, samplesPerPixel, bitsAllocated, bitsStored: isJpeg ? module.bitsStored : header.precision, signed: module.signed, photometric: photometricNumbers[photometricInterpretation] ?? 1 });
    const wide = decoded.bitsAllocated > 8 ? 16 : 8;
    if (decoded.bytes.length < (rows * columns * samplesPerPixel * wide) / 8) throw damaged(`${decoded.bytes.length} bytes`);
    return { bytes: decoded.bytes, bitsAllocated: wide, planar: decoded.planar, photometricInterpretation: colorsOf(syntax.codec, photometricInterpretation, header), signed: header.signed };
  } catch (cause) {
    throw cause instanceof CodecFailure ? damaged("damaged data", cause) : cause;
  }
}

/** Which colors the samples have after decompression, whatever the data set calls them. */
function colorsOf(codec: CodecName, declared: string, header: CodestreamHeader): string {
  if (header.components !== 3) return declared;
  if (codec === "jpeg-2000" || codec === "htj2k") return declared === "YBR_FULL" || declared === "YBR_FULL_422" ? declared : "RGB";
  if (codec === "jpeg-ls") return declared;
  if (header.lossless === true) return declared;
  // Lossy JPEG of color is YCbCr but where an Adobe marker or the components' names say RGB, whatever the data set says.
  if (header.adobeTransform === 0) return "RGB";
  const isNamedRgb = header.componentIds !== undefined && String.fromCharCode(...header.componentIds) === "RGB";
  if (isNamedRgb && header.adobeTransform === undefined) return "RGB";
  return declared.startsWith("YBR") || header.adobeTransform === 1 ? "YBR_FULL" : declared;
}
