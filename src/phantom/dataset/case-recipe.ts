import type { RadiographOptions } from "../radiograph.js";
import type { DiscMriOptions } from "../mri/disc-mri.js";
import type { Posture, ViewName } from "../conditions/contract.js";
import type { ConditionName } from "../conditions/index.js";
import type { SubjectRange } from "../anatomy/subject.js";
import type { DiscState } from "../mri/disc-state.js";
import type { RelevantRegion } from "../truth/masks.js";
import type { SequenceName } from "../mri/tissue.js";

/** One way a case of a class may look. Every visit takes each view in each posture, or each sequence. */
export type CaseRecipe =
  | { readonly kind: "radiograph"; readonly condition: ConditionName; readonly views: readonly ViewName[]; readonly postures?: readonly Posture[]; readonly relevant?: RelevantRegion }
  | { readonly kind: "disc-mri"; readonly state: DiscState; readonly sequences: readonly SequenceName[] };

/** A data set in outline: what its classes look like and how patients and hospitals make it up. */
export interface DatasetDesign {
  readonly title: string;
  readonly summary: string;
  /** Recipes by class; a patient gets one of them, in balance. */
  readonly classes: Readonly<Record<string, readonly CaseRecipe[]>>;
  /** Most visits of one patient; the images of a visit share a study id. */
  readonly visits: number;
  /** Height of images in pixels. */
  readonly size: number;
  /** The same for every class, so that age and sex tell nothing. */
  readonly people?: SubjectRange;
  readonly hospitals?: readonly string[];
  /** This hospital's images are the independent test set. */
  readonly testHospital?: string;
  readonly readers?: readonly SimulatedReader[];
}

/** A reader who names the right class with the given probability, else another. */
export interface SimulatedReader {
  readonly name: string;
  readonly skill: number;
  readonly group?: string;
}

/** One image to be made: plain data, so that any worker can make it. */
export type PlannedImage = {
  /** File name without folder and ending. */
  readonly name: string;
  readonly patient: string;
  /** The visit: one patient's images of one day. */
  readonly study: string;
  /** What labels.csv says, and what is so. They differ under label noise. */
  readonly label: string;
  readonly trueLabel: string;
  readonly hospital: string;
  readonly split: "" | "train" | "test";
  /** Name of the image this one nearly equals. */
  readonly duplicateOf: string;
  /** Exponent on display values; 1 but for near-duplicates. */
  readonly gamma: number;
} & PlannedContent;

export type PlannedContent = { readonly kind: "radiograph"; readonly options: RadiographOptions } | { readonly kind: "disc-mri"; readonly options: DiscMriOptions };
