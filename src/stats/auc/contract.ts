import type { Warning } from "../../base/index.js";
import type { Placements } from "../placements.js";
import type { Key } from "../resample.js";

export interface AucContext {
  readonly placements: Placements;
  readonly level: number;
  readonly groups?: readonly Key[];
  readonly subject: string;
}

export interface AucLimits {
  readonly lower: number;
  readonly upper: number;
  readonly method: string;
  readonly standardError?: number;
  readonly warnings?: readonly Warning[];
}

/** One way to make an interval for an AUC. */
export interface AucMethod {
  readonly title: string;
  readonly summary: string;
  readonly formula: string;
  readonly reference: string;
  /** @throws InputError `not-estimable` where the method does not apply */
  limits(context: AucContext): AucLimits;
}
