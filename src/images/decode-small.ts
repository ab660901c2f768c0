import sharp from "sharp";
import { DataError } from "../base/index.js";
import { decodeImage } from "./decode-image.js";
import { inspectImage, type SizeLimits } from "./inspect-image.js";
import type { Radiograph } from "./radiograph.js";
import { resizeBilinear } from "./resample.js";

/** A small grey version of an image, upright. */
export interface SmallImage {
  /** [H, W] row-major, 0..255 of the file's full range. */
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
  /** Height and width of the image itself, upright. */
  readonly sourceHeight: number;
  readonly sourceWidth: number;
}

/**
 * Decodes an image no finer than needed: JPEGs are reduced while they are decoded. For comparing images with one
 * another; what a network sees comes from `decodeImage`.
 * @param longSide of the result in pixels; a smaller image is left as it is
 * @throws DataError as `decodeImage`
 */
export async function decodeSmall(bytes: Uint8Array, { longSide, name = "image", burnedIn = "masked", ...limits }: SizeLimits & { longSide: number; name?: string; burnedIn?: "kept" | "masked" }): Promise<SmallImage> {
  const source = inspectImage(bytes, name, limits);
  if (source.format !== "png" && source.format !== "jpeg") return reduce(await decodeImage(bytes, { ...limits, name, burnedIn }), longSide);
  const turned = source.orientation > 4;
  const [sourceWidth, sourceHeight] = turned ? [source.height, source.width] : [source.width, source.height];
  try {
    const { data, info } = await sharp(bytes, { failOn: "warning", ignoreIcc: true, autoOrient: true, limitInputPixels: false })
      .flatten({ background: "black" })
      .resize({ width: longSide, height: longSide, fit: "inside", withoutEnlargement: true, kernel: "linear" })
      .toColourspace("b-w")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const pixels = channels === 1 ? new Uint8Array(data) : Uint8Array.from({ length: width * height }, (_, i) => data[i * channels]!);
    return { pixels, height, width, sourceHeight, sourceWidth };
  } catch (cause) {
    throw new DataError("image-damaged", `${name}: expected a complete image, got damaged data (${(cause as Error).message.split("\n")[0]!}). Copy it again from its source or export it anew.`, { cause });
  }
}

function reduce({ pixels, height, width }: Radiograph, longSide: number): SmallImage {
  const scale = Math.min(1, longSide / Math.max(height, width));
  const size = { height: Math.max(1, Math.round(height * scale)), width: Math.max(1, Math.round(width * scale)) };
  return { ...size, pixels: Uint8Array.from(resizeBilinear(pixels, { height, width }, size), (value) => Math.round(255 * value)), sourceHeight: height, sourceWidth: width };
}
