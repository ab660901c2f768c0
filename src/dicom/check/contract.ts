import type { Dataset } from "../dataset.js";
import type { DicomFile } from "../parse/parse-dicom.js";

/** One thing that is wrong, or that could be better, in a DICOM file. */
export interface Finding {
  readonly severity: "error" | "warning";
  /** Who says so. */
  readonly source: "osteon" | "dciodvfy";
  /** What is the matter, in a word: `structure`, `meta`, `missing`, `empty`, `value`, `representation`, `pixels`, `frames`, `reference`, `content`, `graphic`. */
  readonly code: string;
  /** Names attributes and places, never values. */
  readonly message: string;
  /** Keywords and item numbers from the top of the data set, where it is about one attribute. */
  readonly place?: string;
}

/** Looks at one side of a parsed file. */
export type Check = (file: DicomFile) => Finding[];

export function errorAt(code: string, place: string, message: string): Finding {
  return { severity: "error", source: "osteon", code, message: `${place}: ${message}`, place };
}

export function warningAt(code: string, place: string, message: string): Finding {
  return { severity: "warning", source: "osteon", code, message: `${place}: ${message}`, place };
}

/** The one item of a sequence that has to have one. */
export function onlyItem(dataset: Dataset, sequence: string): Dataset | undefined {
  const items = dataset.items(sequence);
  return items.length === 1 ? items[0] : undefined;
}
