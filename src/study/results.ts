import type { EpochFigures } from "../base/index.js";
import { isEstimable, type Estimate, type NotEstimable } from "../stats/index.js";
import type { ExplanationAuditResult } from "./audit/contract.js";
import type { ExternalResult } from "./external/contract.js";
import type { ReadersResult } from "./readers/contract.js";
import type { LeakResults } from "./leaks/contract.js";
import type { RecipeSource } from "./recipe.js";
import type { SplitResult } from "./split/contract.js";
import type { SearchResults } from "./search/results.js";
import type { ShortcutAudit } from "./shortcuts/results.js";
import type { TransferLink } from "./transfer-chain.js";

/** A figure, or why there is none. */
export type Estimated = Estimate | NotEstimable;

export const metricNames = ["precision", "recall", "specificity", "f1", "auc"] as const;
export type MetricName = (typeof metricNames)[number];

/** The usual measures of one set of predictions. */
export interface Performance {
  readonly cases: number;
  readonly accuracy: Estimated;
  readonly macro: Readonly<Record<MetricName, Estimated>>;
  /** By label. Recall is the class's sensitivity. */
  readonly perClass: Readonly<Record<string, Readonly<Record<MetricName, Estimated>>>>;
  /** confusion[true label][predicted label], in the order of `labels`. */
  readonly confusion: readonly (readonly number[])[];
  /** One against rest, by label; absent where the class or the rest has no case. */
  readonly roc: Readonly<Record<string, readonly { readonly falsePositiveRate: number; readonly truePositiveRate: number }[]>>;
}

/** Mean and spread of a measure over the folds. */
export interface FoldSpread {
  readonly mean: number;
  readonly standardDeviation: number;
  readonly folds: number;
}

export interface FoldResult {
  readonly seed: number;
  /** 1-based. */
  readonly fold: number;
  readonly counts: { readonly train: number; readonly validation: number; readonly test: number };
  readonly performance: Performance;
  readonly history: readonly EpochFigures[];
  readonly bestEpoch: number;
  readonly stoppedEarly: boolean;
  readonly seconds: number;
  /** Share of the training steps' time spent waiting for images. */
  readonly idleShare?: number;
  /** What training was computed in; single precision where left out. */
  readonly precision?: "half";
  /** In half precision: steps whose gradients were not finite, and that changed nothing. */
  readonly skippedSteps?: number;
  readonly weightsSha256: string;
  /** Relative to the run's folder; absent where models are discarded. */
  readonly model?: { readonly file: string; readonly sha256: string };
}

/** How well the probabilities of a class agree with what happens, one class against the rest. */
export interface ClassCalibration {
  /** Equally wide bins that hold predictions. */
  readonly bins: readonly { readonly from: number; readonly to: number; readonly n: number; readonly meanProbability: number; readonly observed: Estimated }[];
  readonly expectedError: Estimated;
  readonly largestError: Estimated;
  readonly brier: Estimated;
  /** 0 is right. */
  readonly intercept: Estimated;
  /** 1 is right. */
  readonly slope: Estimated;
  /** Joint test that the intercept is 0 and the slope 1. */
  readonly jointP?: number;
}

export interface CalibrationResult {
  /** Over all classes, 0 (best) to 2. */
  readonly brier: Estimated;
  /** By label; of two labels the second alone. */
  readonly perClass: Readonly<Record<string, ClassCalibration>>;
}

/** Net benefit at each threshold, by label; of two labels the second alone. */
export type DecisionResult = Readonly<
  Record<string, readonly { readonly threshold: number; readonly model: Estimated; readonly treatAll: Estimated; readonly gainOverAll: Estimated }[] | NotEstimable>
>;

/** Probabilities mapped by what other cases tell. */
export interface Recalibration {
  readonly name: string;
  /** Over all classes, 0 (best) to 2. */
  readonly brier: Estimated;
  /** Of the probability of the class that is named, 0 (best) to 1. */
  readonly expectedError: Estimated;
  /** Of the Brier score against the probabilities as predicted, on the same cases: below 0 is better. */
  readonly change?: Estimated;
  /** Permutation test, exchanging the two results of whole patients. */
  readonly p?: number;
  /** By Holm's method, for the number of maps of the cell. */
  readonly pAdjusted?: number;
}

/** Sets of classes that hold the true one as often as promised. */
export interface PredictionSets {
  readonly promisedFor: "all cases" | "each class";
  readonly promised: number;
  readonly coverage: Estimated;
  readonly meanSize?: number;
  /** Share of sets with one class. */
  readonly single?: Estimated;
  readonly perClass?: Readonly<Record<string, Estimated>>;
}

/** What probabilities are worth: recalibrated, as sets, and as a reason to hand a case on. Of the first seed. */
export interface CertaintyResult {
  readonly fittedOn: string;
  readonly recalibration: readonly Recalibration[];
  readonly sets: readonly PredictionSets[];
  readonly deferral: readonly { readonly kept: number; readonly threshold: number; readonly accuracy: Estimated }[] | NotEstimable;
}

/** A cell in the groups that a column of the table makes. */
export interface SubgroupResult {
  readonly column: string;
  readonly cell: string;
  readonly measure: "accuracy" | "auc";
  /** Predictions of cases that the column says nothing of. */
  readonly missing: number;
  readonly groups: readonly { readonly name: string; readonly n: number; readonly figure: Estimated }[];
  /** Test that all groups are equal, adjusted by Holm's method for all tests of the measure. */
  readonly interaction: { readonly p: number; readonly pAdjusted: number; readonly method: string } | NotEstimable;
  /** The lowest figure, with an interval that holds together with those of all other groups. */
  readonly worst?: { readonly name: string; readonly figure: Estimated };
}

/** What a column says of a group of cases. */
export type ColumnSummary =
  | {
      readonly kind: "number";
      readonly n: number;
      readonly missing: number;
      readonly mean?: number;
      readonly standardDeviation?: number;
      readonly median?: number;
      readonly quartiles?: readonly [number, number];
      readonly range?: readonly [number, number];
    }
  | { readonly kind: "category"; readonly n: number; readonly missing: number; readonly counts: Readonly<Record<string, number>> };

/** A column of Table 1: the cases of a part, all or of one class. */
export interface CaseGroup {
  readonly part: string;
  readonly label?: string;
  readonly images: number;
  readonly patients?: number;
  readonly columns: Readonly<Record<string, ColumnSummary>>;
}

/** A wrong prediction of the cell with the highest accuracy. */
export interface FailedCase {
  readonly case: string;
  readonly label: string;
  readonly predicted: string;
  /** Of the class that was predicted. */
  readonly probability: number;
  /** Cells that were wrong on this case too, itself among them. */
  readonly wrongCells: number;
}

/** One cell of the table: a network under a regime, over all seeds and folds. */
export interface CellResult {
  /** `network/regime`, or `network/regime/start` where the recipe varies the source; also the folder below `tasks/`. */
  readonly id: string;
  readonly network: string;
  /** The row's name in the recipe. */
  readonly row: string;
  readonly regime: string;
  readonly parameters: { readonly total: number; readonly trained: number };
  /** Where the weights come from, in studies that vary it: none, imagenet or run:NAME. */
  readonly start?: string;
  /** What the network sees, in studies that vary it: none (the whole image), crop or crop-and-whole. */
  readonly view?: string;
  /** The file, and how its weights came about, oldest first. */
  readonly startWeights: { readonly source: string; readonly sha256?: string; readonly chain?: readonly TransferLink[] };
  /** The regime with every default written out. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly folds: readonly FoldResult[];
  /** All test predictions of all seeds together; the interval treats a patient (or case) as one cluster. */
  readonly pooled: Performance;
  /** Cohen's kappa of the predicted and the true classes. */
  readonly kappa?: Estimated;
  readonly calibration?: CalibrationResult;
  readonly decisions?: DecisionResult;
  readonly certainty?: CertaintyResult;
  readonly overFolds: Readonly<Record<"accuracy" | "f1" | "auc", FoldSpread | { readonly notEstimable: string }>>;
  /** Pooled accuracy of each seed's cross-validation. */
  readonly accuracyBySeed: readonly { readonly seed: number; readonly accuracy: number }[];
  /** Share of the heat map inside the known region, mean over cases with a region; absent where no case has one. */
  readonly relevance?: Estimated & { readonly regionShareOfImage?: number };
  /** How well the detector found known regions of test cases: overlap as intersection over union, distance of the centers as a share of the window's side. */
  readonly detection?: { readonly cases: number; readonly overlap: Estimated; readonly centerError: Estimated };
  readonly seconds: number;
}

/** Two cells on the same cases. */
export interface Comparison {
  readonly a: string;
  readonly b: string;
  readonly cases: number;
  /** Cases only a gets right, and only b. */
  readonly onlyA: number;
  readonly onlyB: number;
  /** Exact McNemar test, two-sided. */
  readonly pValue: number;
  /** Adjusted for all comparisons of the study by Holm's method. */
  readonly pAdjusted: number;
  /** accuracy(a) - accuracy(b) on these cases. */
  readonly difference: Estimated;
  readonly method: string;
  /** AUC(a) - AUC(b) of the second label, DeLong's paired test; where there are two labels. */
  readonly auc?: { readonly difference: Estimated; readonly pValue?: number; readonly pAdjusted?: number };
  /** Paired difference of the relevance of the maps, where regions are known. */
  readonly relevanceDifference?: Estimated;
  /** Test of that difference by exchanging the two maps of whole patients, adjusted for all comparisons by Holm's method. */
  readonly relevanceTest?: { readonly p: number; readonly pAdjusted: number; readonly method: string };
}

/** A case in the heat-map grid. */
export interface ExampleCase {
  readonly case: string;
  readonly label: string;
  readonly seed: number;
  /** PNG as a data URL, network frame. */
  readonly image: string;
  readonly regionImage?: string;
  readonly cells: readonly {
    readonly cell: string;
    readonly predicted: string;
    readonly probability: number;
    readonly correct: boolean;
    /** Share of the map inside the region. */
    readonly relevance?: number;
    /** Overlay PNG as a data URL; absent where the map is zero everywhere. */
    readonly overlay?: string;
    /** Name of the measured method, where others are drawn beside it. */
    readonly title?: string;
    /** Maps of other methods, and last the mean of all; without an overlay where the method does not suit the network. */
    readonly beside?: readonly { readonly title: string; readonly overlay?: string }[];
  }[];
}

/** Everything the report prints, and nothing it does not: `results.json`. Heat-map pictures are kept apart. */
export interface StudyResults {
  readonly format: 1;
  readonly study: { readonly name: string; readonly title: string; readonly question?: string; readonly reference?: string };
  readonly software: { readonly osteon: string; readonly node: string; readonly runtime: string; readonly platform: string; readonly threads: number; /** Where networks ran, if not on the CPU. */ readonly device?: string };
  readonly recipe: RecipeSource;
  readonly recipeSha256: string;
  readonly data: {
    /** Name of the folder or table, without its path. */
    readonly source: string;
    readonly sha256: string;
    readonly where: Readonly<Record<string, string>>;
    /** Rows or files found, before filter and setting aside. */
    readonly found: number;
    readonly filteredOut: number;
    readonly setAside: readonly { readonly file: string; readonly reason: string }[];
    readonly cases: number;
    /** Units of decision, where several images make one. */
    readonly units?: number;
    readonly labels: readonly string[];
    readonly classCounts: Readonly<Record<string, number>>;
    /** Absent where the table names no patients. */
    readonly patients?: number;
    readonly casesWithRegion: number;
    /** Table 1: who the cases are, and whether a column is counted by patients or by images. */
    readonly characteristics?: { readonly columns: Readonly<Record<string, "patients" | "images">>; readonly groups: readonly CaseGroup[] };
  };
  readonly folds: readonly {
    readonly seed: number;
    readonly fold: number;
    readonly testCounts: Readonly<Record<string, number>>;
    readonly train: number;
    readonly validation: number;
    readonly test: number;
  }[];
  /** How the cases were divided. */
  readonly split?: SplitResult;
  /** What ties cases beside the table's patients, and what that was worth where it crossed the split. */
  readonly leaks?: LeakResults;
  readonly level: number;
  readonly cells: readonly CellResult[];
  readonly comparisons: readonly Comparison[];
  readonly subgroups?: readonly SubgroupResult[];
  /** Errors of the cell with the highest accuracy in the first seed, the most confident first. */
  readonly failures?: { readonly cell: string; readonly tested: number; readonly cases: readonly FailedCase[] };
  /** Figures on a test set of its own. */
  readonly external?: ExternalResult;
  /** The network against people who read its cases, once they have: `study readers`. */
  readonly readers?: ReadersResult;
  /** The search for settings, where the recipe has one. */
  readonly search?: SearchResults;
  /** What the label can be told from beside anatomy. */
  readonly shortcuts?: ShortcutAudit;
  /** Where networks look, and what maps of them are worth; absent where no region is known and no audit asked for. */
  readonly explanationAudit?: ExplanationAuditResult;
  readonly notEstimable: readonly { readonly what: string; readonly reason: string }[];
  readonly warnings: readonly string[];
  /** The table of predictions that all figures were made from. */
  readonly predictions?: { readonly rows: number; readonly sha256: string };
  readonly seconds: number;
  /** Command that repeats the study, without any path of the machine it ran on. */
  readonly reproduce: { readonly command: string; readonly files: Readonly<Record<string, string>> };
}

/** True for a figure, false for the reason why there is none. */
export function isEstimate(value: Estimated): value is Estimate {
  return isEstimable(value);
}
