import { InputError } from "../base/index.js";

/** Where dynamic loss scaling stands, as plain JSON. */
export interface LossScaling {
  /** What the loss is multiplied with before it is differentiated: a power of two, so that nothing is rounded. */
  readonly scale: number;
  /** Steps since the scale last changed. */
  readonly goodSteps: number;
  /** Steps whose gradients were not finite and that changed nothing, numbered from 1. */
  readonly skipped: readonly number[];
}

/** As torch.cuda.amp.GradScaler begins. */
export const firstScaling: LossScaling = { scale: 2 ** 16, goodSteps: 0, skipped: [] };

/** Good steps in a row after which the scale is doubled. */
export const growthSteps = 2000;
/** Below, gradients are not too large for float16 because of the scale. */
const leastScale = 2 ** -4;
/** Above, the scale alone would leave float32's range with the gradients of a network that has nothing to learn. */
const largestScale = 2 ** 32;

/**
 * Dynamic loss scaling: gradients that are not finite halve the scale, {@link growthSteps} good steps in a row double it.
 * @param step number of the step that was taken, from 1
 * @throws InputError `training-diverged` where no scale makes the gradients finite
 * @see P. Micikevicius et al., Mixed Precision Training, ICLR 2018, arXiv:1710.03740, section 3.2
 */
export function nextScaling({ scale, goodSteps, skipped }: LossScaling, { isFinite, step }: { readonly isFinite: boolean; readonly step: number }): LossScaling {
  if (isFinite) return goodSteps + 1 < growthSteps ? { scale, goodSteps: goodSteps + 1, skipped } : { scale: Math.min(2 * scale, largestScale), goodSteps: 0, skipped };
  if (scale / 2 < leastScale) {
    throw new InputError(
      "training-diverged",
      `training: expected gradients within the range of 16-bit floats, got infinite ones in step ${step} at a loss scale of ${scale}. Lower the learning rate, clip the gradients, or use precision single.`,
    );
  }
  return { scale: scale / 2, goodSteps: 0, skipped: [...skipped, step] };
}
