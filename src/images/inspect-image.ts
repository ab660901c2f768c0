import { DataError } from "../base/index.js";
import { formats } from "./formats/index.js";
import type { ImageSource } from "./radiograph.js";
import { sniffFormat } from "./sniff.js";

/** Largest number of pixels decoded unless the caller says otherwise: a 10,000 x 10,000 image. */
export const defaultMaxPixels = 100_000_000;

/** Smallest side accepted unless the caller says otherwise: below it there is nothing to diagnose. */
export const defaultMinSide = 16;

export interface SizeLimits {
  /** Largest width x height, checked in the header before anything is decoded. */
  readonly maxPixels?: number;
  /** Smallest width and height in pixels. */
  readonly minSide?: number;
}

/**
 * Reads what the file says of itself and checks that it can be decoded, without decoding it.
 * @param name how errors call the file; `framesAllowed` where one of several frames was named
 * @throws DataError `image-empty`, `image-format`, `image-header`, `image-size`, `image-animated`, `image-kind`
 */
export function inspectImage(bytes: Uint8Array, name: string, limits: SizeLimits & { readonly framesAllowed?: boolean } = {}): ImageSource {
  const format = sniffFormat(bytes, name);
  const { title } = formats[format];
  const header = formats[format].readHeader(bytes, name);
  if (header === undefined) {
    throw new DataError(
      "image-header",
      `${name}: expected a complete ${title} image, got a file cut off in its header (${bytes.length} bytes). Copy it again from its source.`,
    );
  }
  const { width, height, frames, refusal } = header;
  const { maxPixels = defaultMaxPixels, minSide = defaultMinSide } = limits;
  const size = `${width} x ${height}`;
  if (Math.min(width, height) < minSide) {
    throw new DataError("image-size", `${name}: expected at least ${minSide} x ${minSide} pixels, got ${size}. Replace it by the full image or remove it.`);
  }
  if (width * height > maxPixels) {
    throw new DataError(
      "image-size",
      `${name}: expected at most ${maxPixels} pixels, got ${size} = ${width * height}. Scale it down first or raise maxPixels.`,
    );
  }
  if (frames > 1 && limits.framesAllowed !== true) {
    throw new DataError("image-animated", `${name}: expected one still image, got ${format === "dicom" ? `${frames} frames. Take it in with osteon data import, whose --slices chooses frames` : `an animation of ${frames}. Export the frame you mean`}.`);
  }
  if (refusal !== undefined) {
    throw new DataError("image-kind", `${name}: expected ${refusal.expected}, got ${refusal.got}. ${refusal.remedy}.`);
  }
  const { bitDepth, color, alpha, orientation } = header;
  return { format, width, height, bitDepth, color: color !== "grey", cmyk: color === "cmyk", alpha, orientation };
}
