import type { TopLevelSpec } from "vega-lite";
import type { PairPicture } from "../leaks/pair-pictures.js";
import type { CasePicture } from "../readers/case-pictures.js";
import type { Estimated, ExampleCase, StudyResults } from "../results.js";
import type { Html } from "./html.js";

/**
 * A cell of a table: text as it is; a whole number as it is, another one with three decimals; a figure with its
 * interval, or the reason why there is none; a p-value; undefined where there is nothing to say.
 */
export type ReportCell = string | number | Estimated | { readonly p: number } | undefined;

/** A table of the report. One definition gives the page's table, `tables/NAME.csv` and `tables/NAME.tex`. */
export interface ReportTable {
  /** File name without extension, kebab-case, unique in the report. */
  readonly name: string;
  readonly title: string;
  readonly head: readonly string[];
  /** Leading columns that name the row; 1 where left out. */
  readonly names?: number;
  /** As many cells as the head has. */
  readonly rows: readonly (readonly ReportCell[])[];
  /** What a reader must know to read it: the cases, the test, the interval. */
  readonly note?: string;
}

/** A plot of the report. One definition gives the page's picture, `figures/NAME.svg` and `figures/NAME.png` (300 dpi). */
export interface ReportFigure {
  /** File name without extension, kebab-case, unique in the report. */
  readonly name: string;
  /** What is seen, for those who cannot see it. */
  readonly title: string;
  /** A Vega-Lite specification (style is added), or a whole SVG element with width, height and viewBox. */
  readonly drawing: TopLevelSpec | { readonly svg: string };
}

/** What a section is given beside the results. */
export interface ReportRun {
  /** Pictures of cases with heat maps, as data URLs. */
  readonly examples: readonly ExampleCase[];
  /** The same of wrong predictions of the cell with the highest accuracy, the most confident first. */
  readonly failures: readonly ExampleCase[];
  /** The same of cases that a cell is right on while it looks elsewhere. */
  readonly elsewhere: readonly ExampleCase[];
  /** Pictures of cases on which network and readers part. */
  readonly readers: readonly CasePicture[];
  /** Pictures of cases that belong together, side by side. */
  readonly leaks?: readonly PairPicture[];
  /** A figure that this section's `figures` returned, as it stands in the page. */
  readonly figure: (name: string) => Html;
  /** A table that this section's `tables` returned, with its note. */
  readonly table: (name: string) => Html;
}

/**
 * One section of the report: a value exported by `sections/KEY.ts` and listed, in order, in `sections/index.ts`. A
 * section prints what stands in the results and computes nothing.
 */
export interface ReportSection {
  /** Anchor in the page; the key of results.json that it prints, where it prints one. */
  readonly id: string;
  /** Heading, and its name in the contents. */
  readonly title: string;
  /** What stands below the heading; undefined where the study has nothing of the kind: heading and contents leave it out then. */
  readonly render: (results: StudyResults, run: ReportRun) => Html | undefined;
  /** What must be read before anything else, such as a leak: stands on the first screen in a frame of its own. */
  readonly warn?: (results: StudyResults) => Html | undefined;
  readonly tables?: (results: StudyResults) => readonly ReportTable[];
  readonly figures?: (results: StudyResults) => readonly ReportFigure[];
}
