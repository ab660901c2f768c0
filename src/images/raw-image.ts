/** What a PNG or JPEG file holds, upright. */
export interface RawImage {
  /** Interleaved samples: grey, grey + alpha, RGB or RGBA. */
  readonly samples: Uint8Array | Uint16Array;
  readonly channels: number;
  readonly full: 255 | 65535;
  readonly width: number;
  readonly height: number;
}
