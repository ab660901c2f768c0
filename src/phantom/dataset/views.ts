import type { Posture } from "../conditions/contract.js";
import { sequences, type SequenceName } from "../mri/tissue.js";
import type { MadeView } from "./design.js";

interface ViewFacts {
  readonly title: string;
  readonly summary: string;
  /** Taken in flexion and extension too. */
  readonly bends: boolean;
}

/** What can be made, by the name the command line takes. */
export const views = {
  "whole-spine-ap": { title: "Whole spine AP", summary: "Upright, from the front, C7 to the pelvis", bends: false },
  "whole-spine-lateral": { title: "Whole spine lateral", summary: "Upright, from the side, C7 to the sacrum", bends: false },
  "lumbar-ap": { title: "Lumbar AP", summary: "From the front, T12 to the sacrum", bends: false },
  "lumbar-lateral": { title: "Lumbar lateral", summary: "From the side, T12 to the sacrum, neutral or bent forward or backward", bends: true },
  "disc-mri": { title: "Lumbar MRI", summary: "Mid-sagittal spin-echo slices, T1 and T2", bends: false },
} as const satisfies Record<MadeView, ViewFacts>;

export const postures = ["neutral", "flexion", "extension"] as const satisfies readonly Posture[];

export const sequenceNames = Object.keys(sequences) as SequenceName[];
