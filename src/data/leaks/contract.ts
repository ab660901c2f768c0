import type { Box } from "../../images/index.js";

/** Why two cases belong on one side of every split. */
export const leakKinds = {
  "same-file": "the same file",
  "same-picture": "alike in fine detail, as copies of one exposure are",
  "same-patient": "the same patient",
  "patient-spelling": "the same patient under two spellings",
  "patient-one-letter": "patient names one letter apart",
  "name-in-file": "the same person's name in both file names",
  "dicom-uid": "the same DICOM study, series or instance",
} as const;
export type LeakKind = keyof typeof leakKinds;

/** Two cases that belong together. Says what ties them, never who it is. */
export interface LeakPair {
  /** Positions in the list of cases. */
  readonly a: number;
  readonly b: number;
  readonly kind: LeakKind;
  /** Agreement of detail where it agrees least, for pictures. */
  readonly detail?: number;
  readonly isMirrored?: boolean;
  /** Column of the identifier, for DICOM's. */
  readonly column?: string;
}

/** Something that tells a label, or a person, without a look at the anatomy. */
export interface LeakSign {
  readonly kind: "label-in-file-name" | "patient-in-file-name" | "text-like-marks";
  readonly cases: number;
  /** Cases with the sign, by label. */
  readonly byLabel: Readonly<Record<string, number>>;
  /** Positions of the first few. */
  readonly examples: readonly number[];
  readonly message: string;
}

export interface LeakAudit {
  readonly cases: number;
  /** What ties cases that the table itself does not tie by its patients. */
  readonly pairs: readonly LeakPair[];
  readonly signs: readonly LeakSign[];
  /** Per case, the name of the cases it belongs with; undefined where it stands alone. */
  readonly kin: readonly (string | undefined)[];
  /** Where text-like marks are, per case. */
  readonly marks: readonly (readonly Box[])[];
  /** Pairs of images laid over one another. */
  readonly compared: number;
  /** Agreement of detail that counts as one exposure in this data set. */
  readonly threshold: number;
  readonly seconds: number;
}
