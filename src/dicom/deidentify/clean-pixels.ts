import type { Dataset } from "../dataset.js";
import type { DicomFile } from "../parse/parse-dicom.js";
import { colorOf, lumaOf } from "../pixels/color-transform.js";
import { readImageModule } from "../pixels/image-module.js";
import { readStoredValues, viewStoredValues, type StoredFrame } from "../pixels/stored-values.js";
import { explicitLittleEndian, type TransferSyntax } from "../transfer-syntax.js";
import { buildElement } from "../write/build-dataset.js";
import { findText, type Rectangle } from "./find-text.js";
import { stripCodestream } from "./strip-codestream.js";

/** Frames of a long series that are looked at for text. */
const mostFramesLookedAt = 8;
const pixelTag = 0x7fe00010;

export interface CleanedPixels {
  readonly transferSyntax: TransferSyntax;
  /** What was painted over, in stored pixels. */
  readonly masks: readonly Rectangle[];
}

/**
 * Where text seems to be burned in: in the outer quarters, or everywhere in a file that says so itself.
 * @throws what `readStoredValues` throws
 */
export function findBurnedInText(file: DicomFile): Rectangle[] {
  const { frames } = readImageModule(file);
  const looked = Math.min(frames, mostFramesLookedAt);
  return Array.from({ length: looked }, (_, i) => Math.floor((i * frames) / looked)).flatMap((frame) => {
    return findTextIn(file, viewStoredValues(file, frame) ?? readStoredValues(file, frame));
  });
}

/** Where text seems to be burned into a frame that was decoded. */
export function findTextIn(file: DicomFile, stored: StoredFrame): Rectangle[] {
  const where = file.dataset.text("BurnedInAnnotation") === "YES" ? "everywhere" : "border";
  return findText({ values: brightness(file, stored), height: stored.rows, width: stored.columns }, { where });
}

/** Whether a file says that it was cleaned of identity, pixels included: then nothing is looked for. */
export function isSaidClean({ dataset }: DicomFile): boolean {
  return dataset.text("PatientIdentityRemoved") === "YES" && dataset.text("BurnedInAnnotation") === "NO";
}

/** Brightness of each pixel: the value itself, the palette's, green, or luma of YBR. */
function brightness(file: DicomFile, stored: StoredFrame): ArrayLike<number> {
  const { values, samplesPerPixel, photometricInterpretation } = stored;
  if (photometricInterpretation === "PALETTE COLOR") return lumaOf(colorOf(file, stored));
  if (samplesPerPixel === 1) return values;
  const offset = photometricInterpretation === "RGB" ? 1 : 0;
  return Float32Array.from({ length: values.length / 3 }, (_, i) => values[3 * i + offset]!);
}

/**
 * Puts the pixel data into a cleaned data set: without bytes that are no pixels, without bits that are no part of the
 * stored values, and with the masks painted over. With masks, compressed pixels become uncompressed ones.
 */
export function cleanPixels(file: DicomFile, result: Dataset, masks: readonly Rectangle[]): CleanedPixels {
  const { transferSyntax } = file;
  const element = file.dataset.element("PixelData")!;
  if (element.fragments !== undefined && masks.length === 0 && transferSyntax.codec !== "native") {
    const [, ...fragments] = element.fragments;
    const { frames } = readImageModule(file);
    const whole = fragments.length === frames || frames === 1;
    const stripped = frames === 1 ? [stripCodestream(fragments.length === 1 ? fragments[0]! : Buffer.concat(fragments))] : whole ? fragments.map(stripCodestream) : fragments;
    // Offsets of fragments that were not changed still hold; of others, one fragment per frame needs none.
    result.set({ tag: pixelTag, vr: "OB", bytes: new Uint8Array(0), fragments: [whole ? new Uint8Array(0) : element.fragments[0]!, ...stripped] });
    return { transferSyntax, masks };
  }
  const { frames } = readImageModule(file);
  const parts: Uint8Array[] = [];
  let last: StoredFrame | undefined;
  for (let frame = 0; frame < frames; frame++) {
    last = (masks.length === 0 ? viewStoredValues(file, frame) : undefined) ?? readStoredValues(file, frame);
    paint(last, masks);
    parts.push(new Uint8Array(last.values.buffer, last.values.byteOffset, last.values.byteLength));
  }
  const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  const { values, bitsStored, samplesPerPixel, photometricInterpretation } = last!;
  const bits = 8 * values.BYTES_PER_ELEMENT;
  result.set({ tag: pixelTag, vr: bits === 8 ? "OB" : "OW", bytes: littleEndianFor(result, bytes, bits) });
  const told = { BitsAllocated: bits, BitsStored: bitsStored, HighBit: bitsStored - 1 };
  for (const [keyword, value] of Object.entries(told)) setNumber(result, keyword, value);
  if (samplesPerPixel === 3) {
    setNumber(result, "PlanarConfiguration", 0);
    const full = photometricInterpretation === "YBR_FULL_422" ? "YBR_FULL" : photometricInterpretation;
    result.set(buildElement("PhotometricInterpretation", full));
  }
  return { transferSyntax: explicitLittleEndian, masks };
}

/** The writer turns big endian data sets around; pixels decoded here are little endian already. */
function littleEndianFor(dataset: Dataset, bytes: Uint8Array, bits: number): Uint8Array {
  return dataset.littleEndian || bits === 8 ? bytes : Buffer.from(bytes).swap16();
}

function setNumber(dataset: Dataset, keyword: string, value: number): void {
  const element = buildElement(keyword, value);
  dataset.set(dataset.littleEndian ? element : { ...element, bytes: Uint8Array.from(element.bytes).reverse() });
}

/** Paints rectangles black. */
function paint({ values, rows, columns, samplesPerPixel, photometricInterpretation }: StoredFrame, masks: readonly Rectangle[]): void {
  if (masks.length === 0) return;
  const isInverse = photometricInterpretation === "MONOCHROME1";
  let black = values[0]!;
  for (const value of values) if (isInverse ? value > black : value < black) black = value;
  const middle = values.BYTES_PER_ELEMENT === 1 ? 128 : 32768;
  const isYbr = photometricInterpretation.startsWith("YBR");
  for (const { row, column, height, width } of masks) {
    for (let r = row; r < Math.min(rows, row + height); r++) {
      for (let c = column; c < Math.min(columns, column + width); c++) {
        for (let s = 0; s < samplesPerPixel; s++) values[(r * columns + c) * samplesPerPixel + s] = samplesPerPixel === 1 ? black : isYbr && s > 0 ? middle : 0;
      }
    }
  }
}
