import type { Random } from "../base/index.js";
import { encodeRle } from "./codecs/rle.js";
import { encodeFrame, type WasmEncoder } from "./codecs/wasm-codecs.js";
import { transferSyntaxOf } from "./transfer-syntax.js";
import { buildDataset, buildElement, type Values } from "./write/build-dataset.js";
import { encodeDicom } from "./write/write-dicom.js";

const base = "1.2.840.10008.1.2";

/** A smooth image with noise: random noise alone does not compress, and no scene is plain noise. */
export function syntheticSamples(random: Random, { rows, columns, samples, bits }: { rows: number; columns: number; samples: number; bits: number }): Uint16Array {
  const full = 2 ** bits - 1;
  return Uint16Array.from({ length: rows * columns * samples }, (_, i) => Math.min(full, Math.floor((full * (((i / samples) | 0) % columns)) / columns + random.integer(8))));
}

/** A radiograph in memory, without any patient. */
export function syntheticFile(values: Values, pixels: Uint8Array | undefined, syntax = ".1", fragments?: readonly Uint8Array[]): Uint8Array {
  const dataset = buildDataset({ SOPClassUID: "1.2.840.10008.5.1.4.1.1.1", SOPInstanceUID: "2.25.7", Modality: "CR", ...values });
  if (fragments !== undefined) dataset.set({ tag: 0x7fe00010, vr: "OB", bytes: new Uint8Array(0), fragments });
  else if (pixels !== undefined) dataset.set(buildElement("PixelData", pixels));
  return encodeDicom(dataset, transferSyntaxOf(base + syntax, "synthetic"));
}

/** One small file in each of the main transfer syntaxes. */
export function syntheticFiles(random: Random, rows = 24, columns = 32): { title: string; bytes: Uint8Array }[] {
  const samples = syntheticSamples(random, { rows, columns, samples: 1, bits: 12 });
  const bytes = new Uint8Array(samples.buffer);
  const image = { Rows: rows, Columns: columns, SamplesPerPixel: 1, BitsAllocated: 16, BitsStored: 12, HighBit: 11, PixelRepresentation: 0, PhotometricInterpretation: "MONOCHROME2", PatientName: "Synthetic^Image", WindowCenter: "2048", WindowWidth: "4096", ReferencedSOPSequence: [{ ReferencedSOPInstanceUID: "2.25.8" }] };
  const shape = { rows, columns, bitsAllocated: 16, bitsStored: 12, samplesPerPixel: 1, signed: false, photometric: 1 } as const;
  const wasm: readonly (readonly [string, string, WasmEncoder])[] = [
    ["JPEG lossless", ".4.70", "EncodeJpeg"], ["JPEG-LS", ".4.80", "EncodeJpegLs"], ["JPEG 2000", ".4.90", "EncodeJpeg2000"], ["HTJ2K", ".4.201", "EncodeHtJpeg2000"],
  ];
  return [
    { title: "native", bytes: syntheticFile(image, bytes) },
    { title: "RLE", bytes: syntheticFile(image, undefined, ".5", [new Uint8Array(0), encodeRle(bytes, { pixels: rows * columns, samplesPerPixel: 1, bytesPerSample: 2 })]) },
    ...wasm.map(([title, syntax, encoder]) => ({ title, bytes: syntheticFile(image, undefined, syntax, [new Uint8Array(0), encodeFrame(encoder, bytes, shape)]) })),
  ];
}
