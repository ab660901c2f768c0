import type { Estimated } from "../results.js";
import type { ProbeReach } from "./contract.js";

/** One property, and whether the label can be told from it. */
export interface ProbeResult {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly reach: ProbeReach;
  /** Cross-validated area under the ROC curve; of the second label where there are two, else the mean over labels. */
  readonly auc: Estimated;
  /** Of the permutation test of this probe alone. */
  readonly pValue: number;
  /** The same for all probes together. */
  readonly pAdjusted: number;
  /** True where the adjusted p-value is at most 1 - level. */
  readonly found: boolean;
  /** What was found, in one sentence. */
  readonly sentence: string;
  readonly remedy: string;
  /** The columns that differ most between the labels, as printed. */
  readonly details: readonly { readonly title: string; readonly byLabel: Readonly<Record<string, string>> }[];
}

/** How much of a cell's heat maps falls on what is not the patient. */
export interface MapOnMarks {
  readonly cell: string;
  readonly kind: "marker" | "line" | "margin";
  readonly cases: number;
  /** Mean share of the map. */
  readonly share: Estimated;
  /** Mean share of the frame: what an even map would have. */
  readonly evenShare: number;
}

/** Key `shortcuts` of results.json: what the label can be told from beside anatomy. */
export interface ShortcutResults {
  readonly cases: number;
  /** Cases of the data set, where a sample was measured. */
  readonly of: number;
  readonly folds: number;
  readonly permutations: number;
  readonly level: number;
  readonly probes: readonly ProbeResult[];
  /** Probes that do not apply, and why. */
  readonly notProbed: readonly { readonly title: string; readonly reason: string }[];
  /** Images of each label on which something was located. */
  readonly located: readonly { readonly label: string; readonly cases: number; readonly markers: number; readonly lines: number; readonly margins: number }[];
  readonly maps?: readonly MapOnMarks[];
}

/** The audit, or why there is none. */
export type ShortcutAudit = ShortcutResults | { readonly notEstimable: string };

export function isAudited(audit: ShortcutAudit | undefined): audit is ShortcutResults {
  return audit !== undefined && !("notEstimable" in audit);
}

const reachOrder: Readonly<Record<ProbeReach, number>> = { pixels: 0, file: 1, appearance: 2 };

/** AUC from which a finding belongs on the first screen. */
export const noticeable = 0.6;

const areaOf = ({ auc }: ProbeResult): number => ("notEstimable" in auc ? 0 : auc.estimate);

/** A marker, a line or a border changes these as well: of two findings nearly as telling, the more definite one comes first. */
const general: Readonly<Record<string, number>> = { brightness: 0.1, noise: 0.1 };

const weightOf = (probe: ProbeResult): number => areaOf(probe) - (general[probe.name] ?? 0);

/**
 * What was found, the most telling first: what stands in the pixels and is no anatomy, then files, then what may hold
 * anatomy; within each by AUC, which counts 0.1 less for brightness and noise.
 */
export function findings({ probes }: ShortcutResults): ProbeResult[] {
  return probes.filter(({ found }) => found).sort((a, b) => reachOrder[a.reach] - reachOrder[b.reach] || weightOf(b) - weightOf(a));
}

/** Whether the interval, too, lies above chance: a warning that its own interval gainsays is none. */
const isAboveChance = ({ auc }: ProbeResult): boolean => !("notEstimable" in auc) && auc.lower > 0.5;

/** Findings that must be read before anything else: what a network can see and that tells more than a little. */
export function urgentFindings(audit: ShortcutResults): ProbeResult[] {
  return findings(audit).filter((probe) => areaOf(probe) >= noticeable && isAboveChance(probe) && probe.reach === "pixels");
}
