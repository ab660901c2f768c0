import type { ImageTraits, NameTraits } from "../../data/index.js";

/** What the probes know of one case. */
export interface ProbedCase {
  readonly id: string;
  readonly traits: ImageTraits;
  readonly name: NameTraits;
}

/** One property of the cases: a number (NaN where it does not apply) or a word for each. */
export interface Column {
  readonly title: string;
  readonly values: readonly number[] | readonly string[];
  /** Positive numbers whose ratios count. */
  readonly logarithm?: boolean;
  /** How a number is printed: a share as percent, others with so many decimals and a unit. */
  readonly print?: { readonly share: true } | { readonly digits: number; readonly unit?: string };
}

/**
 * How a network comes by it. `pixels`: it stands in the image and is no anatomy. `file`: it stands in the file or its
 * name, and betrays that the classes came by different ways. `appearance`: it stands in the image and may hold anatomy.
 */
export type ProbeReach = "pixels" | "file" | "appearance";

/** A question: can the label be told from this alone? */
export interface Probe {
  readonly title: string;
  readonly summary: string;
  /** Begins a sentence that goes on with "predict(s) the label". */
  readonly subject: string;
  readonly reach: ProbeReach;
  /** What to do where the answer is yes. */
  readonly remedy: string;
  /** Taken as they are, without curves over each: for many columns of one kind. */
  readonly linear?: boolean;
  /** Empty where the cases do not have it. */
  columns(cases: readonly ProbedCase[]): Column[];
}
