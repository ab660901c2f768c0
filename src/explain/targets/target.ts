/** How a class's score is read: the logit, its softmax probability, or their ReST sum (logit + ln probability). */
export type ScoreScale = "logit" | "probability" | "rest";

/** A class, or the difference of two classes. */
export interface ClassTarget {
  /** Index of the class, or the one with the largest logit of each image. */
  readonly class: number | "predicted";
  /** Class whose score is subtracted: an index, or the class with the largest logit of the others. */
  readonly against?: number | "runner-up";
  /** Default `"logit"`. */
  readonly scale?: ScoreScale;
}

/** A unit of a layer: the mean of a channel over space, or the channel at one position. */
export interface UnitTarget {
  /** Name of a value [N, C, ...] of the network's graph. */
  readonly layer: string;
  readonly channel: number;
  /** (row, column) from the top left. */
  readonly position?: readonly [row: number, column: number];
}

/** What an explanation explains: one number per image. */
export type Target = ClassTarget | UnitTarget;

export const predictedClass: ClassTarget = { class: "predicted" };

export function isUnitTarget(target: Target): target is UnitTarget {
  return "layer" in target;
}
