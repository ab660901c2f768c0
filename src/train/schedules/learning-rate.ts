import { schedules, type ScheduleName, type ScheduleSettings } from "./index.js";

/** A schedule with its highest rate and its place in a run. */
export interface LearningRateOptions {
  readonly schedule: ScheduleName;
  readonly settings: ScheduleSettings;
  /** Highest learning rate. */
  readonly peak: number;
  readonly warmupEpochs: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

/**
 * Learning rate of one step. Warm-up is linear: step i of w (from 0) gets (i + 1) / (w + 1) of the highest rate, so that no step
 * is taken at rate zero; the schedule begins after it.
 * @param step steps taken so far in the whole run, from 0
 */
export function learningRateAt(step: number, options: LearningRateOptions): number {
  const { schedule, settings, peak, stepsPerEpoch } = options;
  const allSteps = options.epochs * stepsPerEpoch;
  const warmup = Math.min(Math.round(options.warmupEpochs * stepsPerEpoch), allSteps - 1);
  if (step < warmup) return (peak * (step + 1)) / (warmup + 1);
  return peak * schedules[schedule].share({ step: step - warmup, totalSteps: allSteps - warmup, stepsPerEpoch }, settings);
}
