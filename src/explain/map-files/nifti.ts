import type { HeatMap } from "../upsample.js";

export interface NiftiOptions {
  /** Millimetres between pixel centers, [row, column]; pixels of unknown size are written as 1 without a unit. */
  readonly spacingMm?: readonly [row: number, column: number];
  /** Up to 79 ASCII characters. */
  readonly description?: string;
}

const headerSize = 348;
const dataStart = 352;
const float32Code = 16;
/** qform and sform: coordinates of the scanner. */
const scannerCode = 1;
const millimetres = 2;

/**
 * A map as a NIfTI-1 file of one slice: the first axis runs along a row from left to right, the second from top to bottom.
 * Coordinates grow as ITK reads a picture without orientation, to the patient's left and back, so that the map lies over the
 * picture it belongs to: in NIfTI's own, x = -column spacing, y = -row spacing.
 * @returns an uncompressed file, `.nii`
 * @see R. W. Cox et al., NIfTI-1 data format, 2004 (nifti1.h); read back by nibabel 5.0
 */
export function encodeNifti({ values, height, width }: HeatMap, { spacingMm, description = "" }: NiftiOptions = {}): Uint8Array {
  const [row, column] = spacingMm ?? [1, 1];
  const bytes = new Uint8Array(dataStart + values.length * 4);
  const view = new DataView(bytes.buffer);
  const shorts = (at: number, numbers: readonly number[]) => numbers.forEach((value, i) => view.setInt16(at + 2 * i, value, true));
  const floats = (at: number, numbers: readonly number[]) => numbers.forEach((value, i) => view.setFloat32(at + 4 * i, value, true));
  view.setInt32(0, headerSize, true);
  shorts(40, [3, width, height, 1, 1, 1, 1, 1]);
  shorts(70, [float32Code, 32]);
  // A turn by half a circle about the third axis: quaternion (0, 0, 1).
  floats(76, [1, column, row, 1, 0, 0, 0, 0]);
  floats(108, [dataStart, 1, 0]);
  bytes[123] = spacingMm === undefined ? 0 : millimetres;
  const ascii = Array.from(description, (letter) => (letter >= " " && letter <= "~" ? letter : "?")).join("");
  bytes.set(new TextEncoder().encode(ascii.slice(0, 79)), 148);
  shorts(252, [scannerCode, scannerCode]);
  floats(256, [0, 0, 1, 0, 0, 0]);
  floats(280, [-column, 0, 0, 0, 0, -row, 0, 0, 0, 0, 1, 0]);
  bytes.set(new TextEncoder().encode("n+1"), 344);
  values.forEach((value, i) => view.setFloat32(dataStart + 4 * i, value, true));
  return bytes;
}
