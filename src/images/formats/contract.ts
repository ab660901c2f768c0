/** What a file says of itself before any pixel is decoded. Width and height are as stored, before orientation. */
export interface ImageHeader {
  readonly width: number;
  readonly height: number;
  /** Bits per sample as stored: 1, 2, 4, 8, 12 or 16. */
  readonly bitDepth: number;
  readonly color: "grey" | "rgb" | "cmyk";
  readonly alpha: boolean;
  /** EXIF orientation, 1 to 8; 1 where the file names none. */
  readonly orientation: number;
  /** Number of pictures in the file; more than 1 for an animation. */
  readonly frames: number;
  /** Why this file cannot be decoded although it is of the format, with the remedy: `"12 bits per sample; ..."`. */
  readonly refusal?: { readonly expected: string; readonly got: string; readonly remedy: string };
}

/** One kind of image file. Recognized by content, never by name. */
export interface ImageFormat {
  readonly title: string;
  readonly summary: string;
  readonly reference: string;
  readonly extensions: readonly string[];
  readonly lossy: boolean;
  /** True when the bytes begin as this format does. */
  recognizes(bytes: Uint8Array): boolean;
  /**
   * Reads the header; undefined when it ends before the size is known, as in a cut file.
   * @param name how errors call the file
   */
  readHeader(bytes: Uint8Array, name?: string): ImageHeader | undefined;
}
