import type { Tensor } from "../../base/index.js";
import type { Network } from "../../models/index.js";
import type { Estimate, NotEstimable } from "../../stats/index.js";
import type { MethodName } from "../methods/index.js";
import type { MeasureName } from "../quality/index.js";
import type { HeatMap } from "../upsample.js";
import type { CriterionName } from "./criteria.js";

/** A network whose explanations are audited, or one that they are compared with. */
export interface AuditedModel {
  readonly name: string;
  /** Networks of one architecture count for repeatability, others for reproducibility. */
  readonly architecture: string;
  readonly network: Network;
  readonly weights: ReadonlyMap<string, Tensor>;
  /** In the order of the logits; peers are matched by name. */
  readonly labels: readonly string[];
  /** The cases as this network takes them, [n, C, H, W], in the order of `indices`. */
  readonly read: (indices: readonly number[]) => Promise<Tensor<"float32">>;
}

export interface AuditedCase {
  readonly id: string;
  readonly label?: string;
  /** Cases of one patient are drawn together in intervals. */
  readonly patient?: string;
  /** Where the finding is known to be, in the square frame of the network, [S, S] in [0, 1]. */
  readonly region?: HeatMap;
}

/** `"yes"`: shown. `"no"`: the contrary is shown. `"not shown"`: neither. `"not tested"`: what it takes was not given. */
export type Verdict = "yes" | "no" | "not shown" | "not tested";

export type Figure = Estimate | NotEstimable;

export interface CriterionResult {
  readonly verdict: Verdict;
  /** In a sentence, with the numbers. */
  readonly reason: string;
  /** The mean over the cases that the verdict rests on. */
  readonly figure?: Figure;
  /** Paired difference from chance, or from the reference that has to be beaten. */
  readonly against?: { readonly what: string; readonly difference: Figure; readonly p?: number; readonly pAdjusted?: number };
  /** Other readings of the same property, not judged. */
  readonly beside: Readonly<Record<string, Figure>>;
}

export interface MethodAudit {
  readonly method: MethodName;
  readonly title: string;
  /** Maps without any evidence, among the cases. */
  readonly emptyMaps: number;
  readonly criteria: Readonly<Record<CriterionName, CriterionResult>>;
  /** Further measures, means over the cases. */
  readonly measures: Readonly<Partial<Record<MeasureName, Figure>>>;
  readonly seconds: number;
}

/** A map made without asking the network, read by the same measures. */
export interface ReferenceMaps {
  readonly name: "random" | "even" | "edges";
  readonly title: string;
  readonly averagePrecision?: Figure;
  readonly relevanceMass?: Figure;
  readonly contrast: Figure;
}

/** What `audit.json` holds. */
export interface ExplanationAudit {
  readonly format: 1;
  readonly model: { readonly name: string; readonly architecture: string };
  readonly with: readonly { readonly name: string; readonly architecture: string }[];
  readonly cases: number;
  readonly casesWithRegion: number;
  /** Share of the image that the regions cover, mean. */
  readonly regionShare?: number;
  readonly level: number;
  readonly seed: number;
  readonly methods: readonly MethodAudit[];
  /** Methods that were asked for and that the network's parts rule out. */
  readonly refused: readonly { readonly method: MethodName; readonly reason: string }[];
  readonly references: readonly ReferenceMaps[];
  /** Per case and method; undefined where a reading has no value. */
  readonly readings: readonly CaseReadings[];
  /** Passes through networks of the audited size, forward and backward. */
  readonly passes: { readonly forward: number; readonly backward: number };
  readonly seconds: number;
}

/** What one map of one case reads. */
export interface CaseReadings {
  readonly case: string;
  readonly method: MethodName;
  readonly predicted: string;
  readonly correct?: boolean;
  readonly empty: boolean;
  readonly averagePrecision?: number;
  readonly relevanceMass?: number;
  /** Insertion less deletion, of the map and of the map rolled to another place. */
  readonly contrast: number;
  readonly contrastRolled: number;
  /** Rank correlation and SSIM with the maps of randomized weights. */
  readonly randomized: Readonly<Record<"head" | "half" | "all", Similarities>>;
  /** Rank correlation with the maps of slightly changed images: noise, motion, another draw. */
  readonly steady: number;
  /** Mean over the networks; `chance` with the map of another case. */
  readonly repeated?: Similarities & { readonly chance: number };
  readonly reproduced?: Similarities & { readonly chance: number };
}

export interface Similarities {
  readonly rank: number;
  readonly ssim: number;
}

/** Maps of a case, for drawing. */
export interface AuditExample {
  readonly case: number;
  readonly maps: Readonly<Partial<Record<MethodName, HeatMap>>>;
}
