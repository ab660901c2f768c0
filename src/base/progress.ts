/** One step of something that takes time. Rooms below the command line report it as a value and print nothing. */
export interface Progress {
  /** What is being done, for a person: `"mobilenet_v2 · fine-tuning · fold 2 of 5"`. */
  readonly task: string;
  readonly done: number;
  readonly total: number;
  /** Unit of `done`, for example `"steps"`, `"images"`, `"bytes"`. */
  readonly unit: string;
  /** Short current reading, for example `"loss 0.31"`. */
  readonly note?: string;
  /** What an epoch of training showed that has just ended: curves are drawn while it goes on. */
  readonly epoch?: EpochFigures;
}

/** What an epoch of training showed. */
export interface EpochFigures {
  /** From 1, as results say it. */
  readonly epoch: number;
  /** Rate of the epoch's last step. */
  readonly learningRate: number;
  /** Mean training loss over the epoch's steps, regularization of the loss included, weight decay not. */
  readonly loss: number;
  /** Share of training images classified right, in the form that is trained (dropout and batch statistics active). */
  readonly accuracy: number;
  /** Mean cross-entropy on the validation part, without smoothing or weights. */
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
}

export type OnProgress = (progress: Progress) => void;

/** A remark the user should see that stops nothing. */
export interface Warning {
  readonly code: string;
  readonly message: string;
}
