import { DataError } from "../../base/index.js";
import { readOrientation, turnPlane, type Turn } from "../geometry/orientation.js";
import { readSpacing, type Spacing } from "../geometry/spacing.js";
import { findTextIn, isSaidClean } from "../deidentify/clean-pixels.js";
import type { DicomFile } from "../parse/parse-dicom.js";
import { colorOf, lumaOf } from "./color-transform.js";
import { greyOf, type GreyTransform, type Window } from "./grey-transform.js";
import { readStoredValues } from "./stored-values.js";

export interface RenderOptions {
  /** From 0. */
  readonly frame?: number;
  /** `"grey"` (default): colors become luma. `"rgb"`: grey is repeated. */
  readonly channels?: "grey" | "rgb";
  /** A window instead of the file's own. */
  readonly window?: Window;
  /** `"upright"` (default) turns as the file says the patient lies; `"stored"` leaves the pixels where they are. */
  readonly orientation?: "upright" | "stored";
  /** `"masked"`: what looks like text burned in is painted black, unless the file says it was cleaned. */
  readonly burnedIn?: "kept" | "masked";
  readonly maxPixels?: number;
}

/** An image to look at. */
export interface RenderedFrame {
  /** [C, H, W], 0 dark to 1 bright. */
  readonly pixels: Float32Array;
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  /** [row, column] of the image as turned. */
  readonly spacing?: Spacing;
  readonly turn: Turn;
  /** How grey values came about; absent for color. */
  readonly transform?: GreyTransform;
}

/**
 * Decodes a frame and carries it through the grey or color pipeline of the standard. Overlays are not drawn.
 * @throws what `readStoredValues` throws; DataError `dicom-palette`
 */
export function renderFrame(file: DicomFile, options: RenderOptions = {}): RenderedFrame {
  const { frame = 0, channels = "grey", orientation = "upright", burnedIn = "kept", maxPixels } = options;
  const stored = readStoredValues(file, frame, { maxPixels });
  const { rows, columns } = stored;
  const isGrey = stored.photometricInterpretation.startsWith("MONOCHROME");
  if (isGrey && stored.samplesPerPixel !== 1) throw new DataError("dicom-image", `${file.name}: expected one sample per grey pixel, got ${stored.samplesPerPixel}. Export the file anew.`);
  const grey = isGrey ? greyOf(file, stored, { frame, window: options.window }) : undefined;
  const planes = grey?.pixels ?? (channels === "grey" ? lumaOf(colorOf(file, stored)) : colorOf(file, stored));
  const turn = orientation === "stored" ? 1 : (readOrientation(file, frame)?.turn ?? 1);
  const size = rows * columns;
  const count = planes.length / size;
  if (burnedIn === "masked" && !isSaidClean(file)) {
    for (const { row, column, height, width } of findTextIn(file, stored)) {
      for (let c = 0; c < count; c++) for (let r = row; r < Math.min(rows, row + height); r++) planes.fill(0, c * size + r * columns + column, c * size + r * columns + Math.min(columns, column + width));
    }
  }
  const turned = Array.from({ length: count }, (_, c) => turnPlane(planes.subarray(c * size, (c + 1) * size), { height: rows, width: columns, turn }));
  const { height, width } = turned[0]!;
  const pixels = new Float32Array((channels === "rgb" ? 3 : 1) * size);
  for (let c = 0; c < pixels.length / size; c++) pixels.set(turned[Math.min(c, count - 1)]!.plane, c * size);
  const told = readSpacing(file, frame);
  const spacing: Spacing | undefined = told === undefined || turn <= 4 ? told : { ...told, spacingMm: [told.spacingMm[1], told.spacingMm[0]] };
  return { pixels, channels: channels === "rgb" ? 3 : 1, height, width, ...(spacing && { spacing }), turn, ...(grey && { transform: grey.transform }) };
}
