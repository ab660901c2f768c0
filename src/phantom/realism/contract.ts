/** A grey image as shown, 0..1, [H, W] row-major. */
export interface GreyPlane {
  readonly pixels: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** What a measure makes of one image: values `y` at the places `x`, the same places for every image of one height. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** A property of radiographs that simulated and real ones can be compared by. */
export interface RealismMeasure {
  readonly title: string;
  readonly summary: string;
  readonly reference: string;
  /** Names of the axes with their units. */
  readonly axes: { readonly x: string; readonly y: string };
  /** Scales a plot of the curve should have. */
  readonly scales: { readonly x: "linear" | "log"; readonly y: "linear" | "log" };
  /**
   * The image's curve.
   * @throws InputError `not-estimable` where the image has nothing to measure it on
   */
  readonly measure: (image: GreyPlane) => Curve;
  /** One number that sums the curve up, and what it is called. */
  readonly number: { readonly title: string; readonly of: (curve: Curve) => number };
  /** How different two images' curves are: 0 for the same, and a metric. */
  readonly distance: (a: Curve, b: Curve) => number;
}
