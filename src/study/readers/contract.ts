import type { MarginTest } from "../../stats/index.js";
import type { Estimated } from "../results.js";

/** What is told of a reader, a group or the network. Recall is the sensitivity. */
export const readerMetrics = ["accuracy", "precision", "recall", "specificity", "f1", "auc"] as const;
export type ReaderMetric = (typeof readerMetrics)[number];

/** Whether a read was made alone or with the network's answer at hand. */
export type ReadingCondition = "alone" | "aided";

export type FigureTable = Readonly<Record<ReaderMetric, Estimated>>;

/**
 * Figures of one who reads. The main ones are means over the classes, or those of the second class where there are two;
 * by class only where there are more. The accuracy of a class stands for nothing and is that of all.
 */
export interface ReaderFigures {
  readonly main: FigureTable;
  readonly perClass: Readonly<Record<string, FigureTable>>;
}

export interface ReaderRow {
  readonly name: string;
  readonly group?: string;
  readonly condition: ReadingCondition;
  /** Cases read, and those of the study that were not. */
  readonly reads: number;
  readonly missing: number;
  readonly figures: ReaderFigures;
  /** confusion[true label][label given]. */
  readonly confusion: readonly (readonly number[])[];
  readonly medianSeconds?: number;
}

/** Mean over readers who stand for others like them, with the lowest and the highest of them. */
export interface GroupRow {
  /** Name of the group, or undefined for all readers. */
  readonly group?: string;
  readonly condition: ReadingCondition;
  readonly readers: number;
  readonly figures: ReaderFigures;
  readonly ranges: Readonly<Partial<Record<ReaderMetric, readonly [number, number]>>>;
}

/** Network minus the mean of readers. */
export interface NetworkComparison {
  readonly group?: string;
  readonly condition: ReadingCondition;
  readonly metric: ReaderMetric;
  /** One class against the rest; undefined for the main figure. */
  readonly label?: string;
  /** The one that was named in advance; its p stands as it is. */
  readonly isPrimary: boolean;
  readonly difference: Estimated;
  readonly degreesOfFreedom?: number;
  readonly pValue?: number;
  /** Adjusted by Holm's method for all comparisons but the primary one. */
  readonly pAdjusted?: number;
}

/** Two answers on the same cases: the network's and a reader's, or a reader's aided and alone. */
export interface PairedReads {
  readonly reader: string;
  readonly condition: ReadingCondition;
  readonly cases: number;
  /** Cases that only the first (the network, or the aided read) gets right, and only the second. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly difference: Estimated;
  readonly pValue?: number;
  readonly pAdjusted?: number;
  readonly method?: string;
}

export interface AgreementRow {
  readonly among: string;
  readonly condition: ReadingCondition;
  readonly raters: number;
  readonly fleiss: Estimated;
  readonly gwet: Estimated;
  readonly krippendorff: Estimated;
}

export interface AidResult {
  /** Aided minus alone, readers and cases random. */
  readonly differences: readonly { readonly metric: ReaderMetric; readonly alone?: number; readonly aided?: number; readonly difference: Estimated; readonly pValue?: number; readonly pAdjusted?: number }[];
  readonly perReader: readonly (PairedReads & {
    /** Reads whose label changed towards the network's answer, and of those the ones that became right and wrong. */
    readonly followed: number;
    readonly followedRight: number;
    readonly followedWrong: number;
    /** Aided minus alone. */
    readonly seconds?: Estimated;
  })[];
}

/** A case on which the network and half of the readers or more are not both right or both wrong. */
export interface DifferingCase {
  readonly case: string;
  readonly label: string;
  readonly network: string;
  /** Of the class that the network named. */
  readonly probability: number;
  readonly isNetworkRight: boolean;
  readonly readersRight: number;
  readonly readers: Readonly<Record<string, string>>;
}

export interface PlanePoint {
  readonly name: string;
  readonly group?: string;
  readonly condition?: ReadingCondition;
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

/** One class against the rest. */
export interface RocPlane {
  readonly label: string;
  readonly network: readonly { readonly falsePositiveRate: number; readonly truePositiveRate: number }[];
  /** The network's own decisions, every reader, and the mean of the readers. */
  readonly points: readonly PlanePoint[];
  /** Average of the readers' curves (alone), where all give their confidence. */
  readonly readerAverage?: readonly { readonly falsePositiveRate: number; readonly truePositiveRate: number }[];
}

/** A comparison of a finished run with people who read its cases: `readers.json`. */
export interface ReadersResult {
  readonly source: { readonly file: string; readonly sha256: string; readonly reads: number };
  /** True where the reads were drawn by a computer: nothing here is about people then. */
  readonly simulated: boolean;
  /** The cell of the study's table that is compared. */
  readonly cell: string;
  readonly cases: number;
  /** Cases of the run that nobody read. */
  readonly unread: number;
  /** Which predictions: those of the cross-validation or of the external test set. */
  readonly set: "test" | "external";
  readonly labels: readonly string[];
  readonly classCounts: Readonly<Record<string, number>>;
  readonly level: number;
  readonly network: ReaderFigures;
  readonly networkConfusion: readonly (readonly number[])[];
  readonly readers: readonly ReaderRow[];
  readonly groups: readonly GroupRow[];
  readonly primary: { readonly metric: ReaderMetric; readonly label?: string; readonly margin?: number; readonly alpha: number; /** Where margin and metric come from. */ readonly named: "recipe" | "afterwards" };
  readonly comparisons: readonly NetworkComparison[];
  /** Whether the network is no worse than the readers' mean by more than the margin. */
  readonly nonInferiority?: MarginTest | { readonly notEstimable: string };
  readonly pairs: readonly PairedReads[];
  readonly agreement: readonly AgreementRow[];
  readonly pairwise: readonly { readonly a: string; readonly b: string; readonly cases: number; readonly kappa: Estimated }[];
  readonly aid?: AidResult;
  /** Cases by how many readers (alone) were right, where the network was right and where it was not. */
  readonly tally: readonly { readonly readersRight: number; readonly readers: number; readonly networkRight: number; readonly networkWrong: number }[];
  readonly differing: readonly DifferingCase[];
  readonly planes: readonly RocPlane[];
  readonly warnings: readonly string[];
}
