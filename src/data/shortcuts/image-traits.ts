import type { ImageEncoding, ImageSource, Margin, Mark, Side } from "../../images/index.js";

/** Side of the thumbnails, in cells. */
export const thumbnailSide = 8;
/** Shares of the pixels below the grey values of `brightness.quantiles`. */
export const quantileShares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;

/** What one image shows or says that is not anatomy, as numbers and words that fit into a message between threads. */
export interface ImageTraits {
  /** Upright. */
  readonly height: number;
  readonly width: number;
  readonly source: ImageSource;
  readonly encoding: ImageEncoding;
  readonly brightness: {
    readonly mean: number;
    readonly deviation: number;
    /** Grey values at {@link quantileShares}. */
    readonly quantiles: readonly number[];
    /** Shares of the pixels at the two ends of the file's range. */
    readonly black: number;
    readonly white: number;
    /** Mean of the outer twentieth less the mean of the middle: below 0 where air is dark. */
    readonly rimLessCenter: number;
  };
  readonly noise: NoiseTraits;
  /** Share of the pixels that have a color. */
  readonly colored: number;
  readonly margins: Readonly<Record<Side, Margin>>;
  readonly marks: readonly Mark[];
  /** Mean of each cell of a grid laid over the image, rows from the top, less the image's mean, divided by its deviation. */
  readonly thumbnail: readonly number[];
  /** The same without the box around the region of interest: NaN for cells inside; absent where no region is known or nothing is left. */
  readonly outside?: readonly number[];
}

export interface NoiseTraits {
  /** Deviation of the finest detail, from its median absolute value, as a share of the full range. */
  readonly fine: number;
  /** The same after 2 x 2 pixels were averaged. */
  readonly coarse: number;
  /** Mean step across borders of JPEG's 8 x 8 blocks, divided by the mean step elsewhere: 1 without such borders. */
  readonly blockiness: number;
  /** Kurtosis of the finest detail: edges against an even noise. */
  readonly peakedness: number;
}
