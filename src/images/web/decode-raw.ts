import { DataError, UnsupportedError } from "../../base/index.js";
import type { ImageSource } from "../radiograph.js";
import type { RawImage } from "../raw-image.js";
import { decodePng } from "./decode-png.js";
import { turnUpright } from "./turn.js";

/** The browser's own decoder, with nothing done to the stored values but the turn to upright. */
async function decodeJpeg(bytes: Uint8Array): Promise<RawImage> {
  const picture = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "image/jpeg" }), { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const { width, height } = picture;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("the browser has no canvas for it");
  context.drawImage(picture, 0, 0);
  picture.close();
  const { data } = context.getImageData(0, 0, width, height);
  const samples = new Uint8Array(width * height * 3);
  for (let i = 0, j = 0; i < samples.length; i += 3, j += 4) {
    samples[i] = data[j]!;
    samples[i + 1] = data[j + 1]!;
    samples[i + 2] = data[j + 2]!;
  }
  return { samples, channels: 3, full: 255, width, height };
}

/**
 * What `../decode-raw.ts` does, in a page: takes its place in the bundle for browsers.
 * @throws DataError `image-damaged`; UnsupportedError `image-cmyk`
 */
export async function decodeRaw(bytes: Uint8Array, source: ImageSource, name: string): Promise<RawImage> {
  if (source.cmyk) throw new UnsupportedError("image-cmyk", `${name}: expected a grey or RGB image, got CMYK, which this page does not convert. Export it as PNG.`);
  try {
    return source.format === "png" ? turnUpright(await decodePng(bytes), source.orientation) : await decodeJpeg(bytes);
  } catch (cause) {
    const said = (cause as Error).message.split("\n")[0]!;
    throw new DataError("image-damaged", `${name}: expected a complete ${source.format === "png" ? "PNG" : "JPEG"} image, got damaged data (${said}). Copy it again from its source or export it anew.`, { cause });
  }
}
