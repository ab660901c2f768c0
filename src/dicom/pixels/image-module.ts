import { DataError } from "../../base/index.js";
import type { DicomFile } from "../parse/parse-dicom.js";

/** What a data set says of its pixels, checked. */
export interface ImageModule {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samplesPerPixel: 1 | 3;
  readonly photometricInterpretation: string;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  /** Colors plane by plane. */
  readonly planar: boolean;
}

const colors = ["RGB", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_420", "YBR_PARTIAL_422", "YBR_ICT", "YBR_RCT"];
const greys = ["MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"];

/**
 * Reads the image pixel module.
 * @throws DataError `dicom-no-image` where the file has no pixels, `dicom-image` where the module contradicts itself or is of a kind that is not read
 * @see DICOM PS3.3 C.7.6.3
 */
export function readImageModule({ dataset, name }: DicomFile): ImageModule {
  const modality = dataset.text("Modality");
  const pixelData = dataset.element("PixelData");
  if (pixelData === undefined) {
    const got = dataset.has("FloatPixelData") || dataset.has("DoubleFloatPixelData") ? "floating point pixels" : `none${modality !== undefined && /^[A-Z]{2,12}$/.test(modality) ? ` (modality ${modality})` : ""}`;
    throw new DataError("dicom-no-image", `${name}: expected integer pixel data, got ${got}. Choose an image of the series, or remove the file.`);
  }
  const refuse = (what: string, expected: string, got: string | number | undefined): never => {
    throw new DataError("dicom-image", `${name}: expected ${what} of ${expected}, got ${got ?? "none"}. Export the file anew as a grey or RGB image.`);
  };
  const whole = (keyword: string, fallback?: number): number | undefined => {
    const value = dataset.number(keyword) ?? fallback;
    return value !== undefined && Number.isInteger(value) ? value : undefined;
  };
  const rows = whole("Rows") ?? refuse("Rows", "1 to 65535", dataset.number("Rows"));
  const columns = whole("Columns") ?? refuse("Columns", "1 to 65535", dataset.number("Columns"));
  if (rows < 1 || columns < 1) refuse("Rows and Columns", "1 to 65535", `${rows} x ${columns}`);
  const frames = whole("NumberOfFrames", 1) ?? 0;
  if (frames < 1 || frames > 100_000) refuse("NumberOfFrames", "1 to 100000", dataset.number("NumberOfFrames"));
  const samplesPerPixel = whole("SamplesPerPixel", 1);
  const bitsAllocated = whole("BitsAllocated", 16);
  if (bitsAllocated !== 8 && bitsAllocated !== 16) return refuse("BitsAllocated", "8 or 16", bitsAllocated);
  const bitsStored = whole("BitsStored", bitsAllocated) ?? 0;
  if (bitsStored < 1 || bitsStored > bitsAllocated) refuse("BitsStored", `1 to ${bitsAllocated}`, bitsStored);
  const highBit = whole("HighBit", bitsStored - 1) ?? -1;
  if (highBit < bitsStored - 1 || highBit >= bitsAllocated) refuse("HighBit", `${bitsStored - 1} to ${bitsAllocated - 1}`, highBit);
  const photometricInterpretation = dataset.text("PhotometricInterpretation") ?? (samplesPerPixel === 3 ? "RGB" : "MONOCHROME2");
  const known = samplesPerPixel === 1 ? greys : samplesPerPixel === 3 ? colors : refuse("SamplesPerPixel", "1 or 3", samplesPerPixel);
  if (!known.includes(photometricInterpretation)) refuse("PhotometricInterpretation", known.join(", "), /^[A-Z0-9_ ]{1,16}$/.test(photometricInterpretation) ? photometricInterpretation : "another");
  return {
    rows,
    columns,
    frames,
    samplesPerPixel: samplesPerPixel as 1 | 3,
    photometricInterpretation,
    bitsAllocated,
    bitsStored,
    highBit,
    signed: dataset.number("PixelRepresentation") === 1,
    planar: dataset.number("PlanarConfiguration") === 1,
  };
}
