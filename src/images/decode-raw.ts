import sharp from "sharp";
import { DataError } from "../base/index.js";
import { formats } from "./formats/index.js";
import type { ImageSource } from "./radiograph.js";
import type { RawImage } from "./raw-image.js";

/** @throws DataError `image-damaged` */
export async function decodeRaw(bytes: Uint8Array, source: ImageSource, name: string): Promise<RawImage> {
  const deep = source.bitDepth === 16;
  try {
    // Limits were checked in the header by our own reader; sharp's would only say it less clearly.
    const image = sharp(bytes, { failOn: "warning", ignoreIcc: !source.cmyk, autoOrient: true, limitInputPixels: false });
    // "b-w" would drop an alpha channel, so grey with alpha comes as three equal planes and alpha.
    const grey = !source.color && !source.alpha;
    const space = deep ? (grey ? "grey16" : "rgb16") : grey ? "b-w" : "srgb";
    const { data, info } = await image.toColourspace(space).raw({ depth: deep ? "ushort" : "uchar" }).toBuffer({ resolveWithObject: true });
    const { channels, width, height } = info;
    const samples = deep ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2) : data;
    return { samples, channels, full: deep ? 65535 : 255, width, height };
  } catch (cause) {
    const said = (cause as Error).message.split("\n")[0]!;
    const cut = /premature end|read error|end of file|unexpected end|not enough/i.test(said);
    throw new DataError(
      "image-damaged",
      `${name}: expected a complete ${formats[source.format].title} image, got ${cut ? "a file cut off or damaged" : "damaged data"} (${said}). Copy it again from its source or export it anew.`,
      { cause },
    );
  }
}
