import type { FormatName } from "./formats/index.js";

/** Where pixels came from. Width and height are as stored, before the orientation was applied. */
export interface ImageSource {
  readonly format: FormatName;
  /** Bits per sample as stored. */
  readonly bitDepth: number;
  /** True where the file has colors, even if they were turned to grey. */
  readonly color: boolean;
  readonly cmyk: boolean;
  readonly alpha: boolean;
  /** EXIF orientation that was applied, 1 to 8. */
  readonly orientation: number;
  readonly width: number;
  readonly height: number;
}

/** Canonical grey image, upright. */
export interface Radiograph {
  /** [H, W] row-major; 0 and 1 are the ends of the file's full range. */
  readonly pixels: Float32Array;
  readonly channels: 1;
  readonly height: number;
  readonly width: number;
  /** Millimetres between pixel centers, [row, column], where the file states it reliably; PNG and JPEG do not. */
  readonly spacingMm?: readonly [number, number];
  readonly source: ImageSource;
}

/** Color image, upright. */
export interface ColorImage {
  /** [3, H, W] red, green, blue; 0 and 1 are the ends of the file's full range. */
  readonly pixels: Float32Array;
  readonly channels: 3;
  readonly height: number;
  readonly width: number;
  readonly source: ImageSource;
}

export type DecodedImage = Radiograph | ColorImage;
