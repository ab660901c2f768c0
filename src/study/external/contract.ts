import type { Comparison, Estimated, Performance } from "../results.js";

/** Figures on a test set of its own, that no network of the study has seen: key `external` of results.json. */
export interface ExternalResult {
  /** Name of the table or folder, without its path. */
  readonly source: string;
  readonly sha256: string;
  readonly cases: number;
  /** Units of decision, where several images make one. */
  readonly units?: number;
  readonly patients?: number;
  readonly setAside: number;
  readonly classCounts: Readonly<Record<string, number>>;
  /** Networks (one per fold) whose probabilities were averaged. */
  readonly networks: number;
  readonly cells: readonly { readonly cell: string; readonly performance: Performance; readonly kappa: Estimated }[];
  readonly comparisons: readonly Comparison[];
  readonly warnings: readonly string[];
  /** The table that the figures were made from. */
  readonly predictions: { readonly rows: number; readonly sha256: string };
}
