import sharp from "sharp";

/** An 8-bit picture, row-major, channels last. */
export interface Picture {
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
  /** 1 grey or 3 RGB. */
  readonly channels: 1 | 3;
}

/** A picture as a file: PNG without loss, JPEG small enough for a page with hundreds of them. */
export async function encodePicture({ data, height, width, channels }: Picture, format: "png" | "jpeg"): Promise<Uint8Array> {
  const image = sharp(data, { raw: { width, height, channels } });
  return format === "png" ? image.png().toBuffer() : image.jpeg({ quality: 82, mozjpeg: false }).toBuffer();
}

/** A plane of 16-bit levels as a PNG. */
export async function encodeLevels({ levels, height, width }: { readonly levels: Uint16Array; readonly height: number; readonly width: number }): Promise<Uint8Array> {
  return sharp(levels, { raw: { width, height, channels: 1 } }).toColourspace("grey16").png().toBuffer();
}
