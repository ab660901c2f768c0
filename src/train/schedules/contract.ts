/** Settings of a schedule. */
export interface ScheduleSettings {
  /** Epochs between the drops of `step`, above 0. */
  readonly stepEpochs: number;
  /** Factor of each drop of `step`, in (0, 1]. */
  readonly factor: number;
}

/** Where training stands. */
export interface ScheduleMoment {
  /** Steps taken after the warm-up, from 0. */
  readonly step: number;
  /** Steps after the warm-up in the whole run, at least 1. */
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
}

/** A learning rate over time, as a share of the highest one. */
export interface Schedule {
  readonly title: string;
  readonly summary: string;
  readonly reference: string;
  /** Share of the highest learning rate at a moment, in [0, 1]. */
  share(moment: ScheduleMoment, settings: ScheduleSettings): number;
}
