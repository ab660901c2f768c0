import type { Random } from "../../base/index.js";
import type { CoronalShape } from "../anatomy/alignment.js";
import type { SpinePlan } from "../anatomy/plan.js";
import type { Subject, SubjectRange } from "../anatomy/subject.js";
import type { RelevantRegion } from "../truth/masks.js";
import type { CurveType } from "./scoliosis-curve.js";

export type ViewName = "whole-spine-ap" | "whole-spine-lateral" | "lumbar-ap" | "lumbar-lateral";
export type Posture = "neutral" | "flexion" | "extension";

export interface ConditionContext {
  readonly random: Random;
  readonly subject: Subject;
  readonly posture: Posture;
  /** The slight unevenness of a straight spine, already within bounds. */
  readonly uneven: CoronalShape;
  /** Plan of this person's wear, to be extended. */
  readonly wear: SpinePlan["changes"];
  /** Range of the Cobb angle where the condition is a curve. */
  readonly cobbDeg?: readonly [number, number];
  readonly curveType?: CurveType;
  /** Wanted grade, 1 being the mildest; drawn where left out. */
  readonly grade?: number;
  /** Names the streams of lesions. */
  readonly seed: string;
}

/** What a condition does to the spine and what it is called. */
export interface ConditionResult {
  readonly plan: SpinePlan;
  /** In words, such as "Meyerding II" or "Genant 3". */
  readonly grade: string;
  /** Level the finding is at. */
  readonly level?: string;
  readonly curveType?: CurveType;
  /** Left out: it follows from the measured curve. */
  readonly relevant?: RelevantRegion;
}

/** A condition of the spine that can be simulated. */
export interface Condition {
  readonly title: string;
  readonly summary: string;
  readonly reference: string;
  /** Views it can be seen on. */
  readonly views: readonly ViewName[];
  readonly grades: readonly string[];
  readonly people: SubjectRange;
  plan(context: ConditionContext): ConditionResult;
}
