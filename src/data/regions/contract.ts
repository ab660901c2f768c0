import type { Box, Polygon } from "../../images/index.js";

/** What a file of annotations says of one image. */
export interface ImageAnnotation {
  /** The image as the file names it. */
  readonly file: string;
  readonly boxes: readonly Box[];
  readonly polygons: readonly Polygon[];
  /** Size that the annotations were drawn at, where the file says it. */
  readonly size?: { readonly height: number; readonly width: number };
}

export interface ReadOptions {
  /** How errors call the file. */
  readonly name: string;
  /** Take annotations of these names alone. */
  readonly categories?: readonly string[];
}
