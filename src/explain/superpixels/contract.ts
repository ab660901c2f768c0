/** An image to be divided. */
export interface Divided {
  /** [C, H, W] */
  readonly image: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Parts of an image, numbered from 0 without gaps. */
export interface Superpixels {
  /** [H, W] */
  readonly labels: Int32Array;
  readonly count: number;
}
