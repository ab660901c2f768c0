import type { RadiographOptions } from "../radiograph.js";
import type { DiscMriOptions } from "../mri/disc-mri.js";
import type { Posture, ViewName } from "../conditions/contract.js";
import type { ConditionName } from "../conditions/index.js";
import type { SubjectRange } from "../anatomy/subject.js";
import type { DiscState } from "../mri/disc-state.js";
import type { SequenceName } from "../mri/tissue.js";
import type { ObjectName } from "../acquisition/objects.js";

/** One way a case of a class may look; visits take a view (or sequence) each. */
export type CaseRecipe =
  | {
      readonly kind: "radiograph";
      readonly condition: ConditionName;
      readonly views: readonly ViewName[];
      readonly postures?: readonly Posture[];
      readonly people?: SubjectRange;
      readonly objects?: readonly ObjectName[];
      readonly cobbDeg?: readonly [number, number];
    }
  | {
      readonly kind: "disc-mri";
      readonly state: DiscState;
      readonly sequences: readonly SequenceName[];
      readonly people?: SubjectRange;
    };

/** A data set in outline: what its classes look like and how patients and hospitals make it up. */
export interface DatasetDesign {
  readonly title: string;
  readonly summary: string;
  /** Recipes by class; a patient gets one of them. */
  readonly classes: Readonly<Record<string, readonly CaseRecipe[]>>;
  readonly visits: number;
  /** Height of images in pixels. */
  readonly size: number;
  readonly hospitals?: readonly string[];
  /** This hospital's images are the independent test set. */
  readonly testHospital?: string;
  readonly readers?: readonly SimulatedReader[];
}

/** A reader who names the right class with the given probability, else another. */
export interface SimulatedReader {
  readonly name: string;
  readonly skill: number;
}

/** One image to be made: plain data, so that any worker can make it. */
export type PlannedImage = {
  /** File name without folder and ending. */
  readonly name: string;
  readonly patient: string;
  /** What labels.csv says, and what is so. They differ under label noise. */
  readonly label: string;
  readonly trueLabel: string;
  readonly hospital: string;
  readonly split: string;
  /** Name of the image this one nearly equals. */
  readonly duplicateOf: string;
  /** Exponent on display values; 1 but for near-duplicates. */
  readonly gamma: number;
  /** Readers' answers by name. */
  readonly readings: Readonly<Record<string, string>>;
} & ({ readonly kind: "radiograph"; readonly options: RadiographOptions } | { readonly kind: "disc-mri"; readonly options: DiscMriOptions });
