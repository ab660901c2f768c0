import type { SearchSpace, Settings } from "../space.js";
import type { TrialResult } from "../trial.js";

export interface SamplerRequest {
  readonly space: SearchSpace;
  /** Names the random numbers. */
  readonly seed: number | string;
  /** Trial whose settings are wanted, from 0. */
  readonly trial: number;
  /** Trials in all. */
  readonly trials: number;
  /** Results known so far. */
  readonly results: readonly TrialResult[];
}

/** Chooses the settings of a trial: the same request gives the same settings. */
export interface Sampler {
  readonly title: string;
  readonly summary: string;
  readonly reference: string;
  /** Whether it learns from the results so far. */
  readonly adaptive: boolean;
  propose(request: SamplerRequest): Settings;
}
