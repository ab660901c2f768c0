import type { RawImage } from "../raw-image.js";

/** The image turned and mirrored as its EXIF orientation says, 1 to 8. */
export function turnUpright(image: RawImage, orientation: number): RawImage {
  if (orientation <= 1 || orientation > 8) return image;
  const { samples, channels } = image;
  const swapped = orientation > 4;
  const [width, height] = swapped ? [image.height, image.width] : [image.width, image.height];
  const mirrored = [2, 3, 7, 8].includes(orientation);
  const flipped = [3, 4, 6, 7].includes(orientation);
  const result = image.full === 65535 ? new Uint16Array(samples.length) : new Uint8Array(samples.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [column, row] = swapped ? [y, x] : [x, y];
      const from = (flipped ? image.height - 1 - row : row) * image.width + (mirrored ? image.width - 1 - column : column);
      for (let c = 0; c < channels; c++) result[(y * width + x) * channels + c] = samples[from * channels + c]!;
    }
  }
  return { ...image, samples: result, width, height };
}
