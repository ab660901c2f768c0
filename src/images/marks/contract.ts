import type { Point } from "../placement.js";
import type { Box } from "../region.js";

/** Something on a film that is not the patient. */
export interface Mark extends Box {
  /** A letter, lead marker or other small object of extreme value; or a straight line drawn on the image. */
  readonly kind: "marker" | "line";
  readonly polarity: "bright" | "dark";
  /** How much it differs from what is around it, as a share of the image's range of values. */
  readonly contrast: number;
  /** Ends of a line, in pixels of the image. */
  readonly ends?: readonly [Point, Point];
}

export const sides = ["top", "bottom", "left", "right"] as const;
export type Side = (typeof sides)[number];

/** What lies between one side of the file and the picture. Widths as shares of the image's height or width. */
export interface Margin {
  /** Lines of one and the same value: padding. */
  readonly padding: number;
  /** Up to a straight edge that runs along this side: padding, or the collimator's shadow. 0 where there is none. */
  readonly edge: number;
  /** Mean value inside the margin; of the outermost lines where there is none. */
  readonly value: number;
}

/** A grey image in 0..1 with its size. */
export interface Plane {
  readonly pixels: Float32Array;
  readonly height: number;
  readonly width: number;
}
