import type { Warning } from "../base/index.js";
import type { Box, Polygon } from "../images/index.js";

/** One labelled image. */
export interface Case {
  /** The file as the table names it, or its path below the folder: stable between machines. */
  readonly id: string;
  /** Absolute path. */
  readonly file: string;
  readonly label: string;
  readonly patient?: string;
  /** What is decided on, where that is not the image: an exam, say, of several views. Their probabilities are averaged. */
  readonly unit?: string;
  readonly group?: string;
  readonly split?: string;
  /** Absolute path of a mask image of the region of interest. */
  readonly region?: string;
  /** Region of interest as rectangles, in pixels of the image. */
  readonly boxes?: readonly Box[];
  /** Region of interest as outlines. */
  readonly polygons?: readonly Polygon[];
  /** The identity in a DICOM file was asked to be kept: text burned into the image too. */
  readonly keepIdentity?: true;
  /** Free columns of the table; of DICOM files, what their headers tell of how they were taken, and pseudonyms of their UIDs. */
  readonly fields: Readonly<Record<string, string>>;
  /** SHA-256 of the file's bytes, once the images were checked. */
  readonly contentSha256?: string;
  /** Name of the cases that the leak audit found to belong together: they stay on one side of every split. */
  readonly kin?: string;
}

/** A file or row that was left out, and why. */
export interface SetAside {
  readonly file: string;
  readonly reason: string;
}

export interface Dataset {
  /** Name of the table or folder. */
  readonly name: string;
  readonly cases: readonly Case[];
  /** Class names, sorted by code unit unless the caller gave an order. */
  readonly labels: readonly string[];
  /** Names of the free columns. */
  readonly columns: readonly string[];
  readonly hasPatients: boolean;
  readonly warnings: readonly Warning[];
  readonly setAside: readonly SetAside[];
  /** Rows of the table that the filter left out. */
  readonly filteredOut: number;
  /** SHA-256 of what the table says about the cases, in their order. */
  readonly sha256: string;
}

/** Number of cases of each label, in the order of `labels`. */
export function countLabels(cases: readonly Pick<Case, "label">[], labels: readonly string[]): number[] {
  const counts = new Map<string, number>();
  for (const { label } of cases) counts.set(label, (counts.get(label) ?? 0) + 1);
  return labels.map((label) => counts.get(label) ?? 0);
}
