import type { View } from "./film-view.js";
import type { GreyPicture } from "./read-png.js";

/** RGBA of a picture through a window, [height, width, 4]. */
export function windowGrey({ pixels, bits }: GreyPicture, { window: [lower, upper], isInverted }: Pick<View, "window" | "isInverted">): Uint8ClampedArray<ArrayBuffer> {
  const most = 2 ** bits - 1;
  const shades = new Uint32Array(most + 1);
  const width = Math.max(1e-6, upper - lower);
  for (let value = 0; value <= most; value++) {
    const share = Math.min(1, Math.max(0, (value / most - lower) / width));
    shades[value] = 0xff_00_00_00 | (Math.round((isInverted ? 1 - share : share) * 255) * 0x01_01_01);
  }
  const out = new Uint32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) out[i] = shades[pixels[i]!]!;
  return new Uint8ClampedArray(out.buffer);
}

/** Draws a picture on a canvas of its size. */
export function paintGrey(canvas: HTMLCanvasElement, picture: GreyPicture, view: Pick<View, "window" | "isInverted">): void {
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d")!.putImageData(new ImageData(windowGrey(picture, view), picture.width, picture.height), 0, 0);
}
