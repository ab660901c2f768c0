import type { Warning } from "../../base/index.js";
import type { DicomFile } from "../parse/parse-dicom.js";
import type { ImageName } from "./source-image.js";

/** What a prediction becomes in the PACS. */
export const resultKinds = ["structured-report", "parametric-map", "segmentation", "secondary-capture", "presentation-state", "key-objects"] as const;

export type ResultKind = (typeof resultKinds)[number];

/** A coded meaning: SNOMED CT (`SCT`), RadLex (`RADLEX`), DICOM (`DCM`), UCUM, or this program's own (`99OSTEON`). */
export interface Code {
  /** At most 16 characters. */
  readonly value: string;
  readonly scheme: string;
  /** At most 64 characters. */
  readonly meaning: string;
}

/** The model that predicted. */
export interface ResultModel {
  /** What people call it; at most 64 characters are written. */
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the model file, hexadecimal. */
  readonly sha256: string;
  /** Network, such as `resnet50`. */
  readonly architecture?: string;
}

/** One class with its probability. */
export interface ResultClass {
  readonly label: string;
  /** 0..1 */
  readonly probability: number;
  /** Coded meaning; that of `classCode(label)` where left out. */
  readonly code?: Code;
}

/**
 * Carries a point of the map's grid to the stored image: x = a u + b v + c, y = d u + e v + f. u runs over [0, width] and
 * v over [0, height] of the grid, x over [0, Columns] and y over [0, Rows]; pixel and cell i covers i to i + 1.
 * Rows of the grid run along rows or columns of the image: b = d = 0, or a = e = 0.
 */
export type GridToImage = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** A heat map over the source image. */
export interface ResultMap {
  /** [height, width] row-major; scaled to a largest size of 1. */
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
  /** True where values below 0 speak against the class. */
  readonly signed?: boolean;
  /** Where the grid lies over the stored image, with crop, letterbox and turn: see `placeMap`. */
  readonly toImage: GridToImage;
  /** Label of the class it explains. */
  readonly label: string;
  /** How it was made, such as `Grad-CAM`. */
  readonly method: string;
  /** Share of the largest value from which on a cell belongs to the region; 0.5 where left out. */
  readonly threshold?: number;
}

/** Everything one model says of one image. */
export interface ResultPrediction {
  readonly model: ResultModel;
  /** Every class, in the model's order. */
  readonly classes: readonly ResultClass[];
  /** Label of the class decided for. */
  readonly decided: string;
  /** Probability from which on the class is decided for; none where the most probable class is taken. */
  readonly threshold?: number;
  /** One sentence for the reader; made from class and probability where left out. */
  readonly text?: string;
  /** Images, or frames, whose probabilities were averaged; 1 where left out. */
  readonly images?: number;
  readonly map?: ResultMap;
  /**
   * Names the settings that shape the result beside image and model, such as thresholds or method: other settings, other
   * objects. Part of every UID; empty where left out.
   */
  readonly settings?: string;
}

/** The image that was predicted on. */
export interface ResultSource {
  /** Parsed whole: pixels are needed for the Secondary Capture. */
  readonly file: DicomFile;
  /** From 0; of a multi-frame image. */
  readonly frame?: number;
  /** Further images of the same study that went into the decision; they are referenced as evidence. */
  readonly others?: readonly ImageName[];
}

export interface ResultOptions {
  /** When the prediction was made: the same time gives the same bytes. */
  readonly made: Date;
  /** What stands in the results for malformed UIDs of the image: valid ones made from them (default), or they themselves. */
  readonly malformedUids?: "replaced" | "kept";
  /** Which objects to write; all of `resultKinds` where left out. */
  readonly kinds?: readonly ResultKind[];
  /** Version of this program. */
  readonly softwareVersion: string;
  /** Longest side of the Secondary Capture in pixels, its caption not counted; 1280 where left out. Small images are enlarged in whole steps. */
  readonly longestSidePx?: number;
  /** `"image"` (default) resamples the Parametric Map to the source's pixels, `"map"` keeps the network's own grid. */
  readonly parametricMapGrid?: "image" | "map";
}

/** One DICOM object to store. */
export interface ResultObject {
  readonly kind: ResultKind;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  /** Part 10 file in explicit VR little endian. */
  readonly bytes: Uint8Array;
}

export interface WrittenResults {
  /** Referenced objects stand before those that reference them; the structured report is last. */
  readonly objects: readonly ResultObject[];
  /** Kinds that were asked for and do not fit this source or prediction. */
  readonly leftOut: readonly { readonly kind: ResultKind; readonly reason: string }[];
  /** What was amended of the source's attributes; tells keywords, never values. */
  readonly warnings: readonly Warning[];
}
