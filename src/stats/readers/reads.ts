import { InputError } from "../../base/index.js";
import { notEstimable } from "../estimate.js";
import { computePlacements } from "../placements.js";
import type { Key } from "../resample.js";

/** One reader's rating of one case under one modality (a machine, a network's help, or a reading condition). */
export interface Read {
  readonly reader: Key;
  readonly modality: Key;
  readonly case: Key;
  /** Truth of the case. */
  readonly positive: boolean;
  /** Higher means more likely positive; for sensitivity and specificity a call, true or false, or a rating with a threshold. */
  readonly rating: number | boolean;
}

export type ReaderMeasure = "auc" | "sensitivity" | "specificity";

/** A reader's figure under one modality. */
export interface CellFigure {
  readonly reader: Key;
  readonly modality: Key;
  readonly estimate: number;
}

/**
 * What one reader achieved under one modality, as a mean over cases: `components` are the placements of DeLong for an AUC, and 1 or 0
 * for right and wrong calls.
 */
export interface Cell extends CellFigure {
  readonly positives: ReadonlyMap<Key, number>;
  readonly negatives: ReadonlyMap<Key, number>;
  /** Ratings of the cases, for methods that compare pairs. */
  readonly ratings: ReadonlyMap<Key, number>;
}

export interface CellOptions {
  readonly measure?: ReaderMeasure;
  /** Called positive from this rating on; without it ratings must be true, false, 1 or 0. */
  readonly threshold?: number;
}

/**
 * Sorts reads into cells of reader and modality, modalities outermost, both in order of appearance.
 * @throws InputError `duplicate-read`, `truth` where a case is positive in one read and negative in another, `call`;
 * `not-estimable` for a cell without the kinds of cases that the measure needs
 */
export function readerCells(reads: readonly Read[], options: CellOptions = {}): Cell[] {
  const { measure = "auc" } = options;
  const truth = new Map<Key, boolean>();
  const sorted = new Map<Key, Map<Key, Map<Key, number>>>();
  for (const read of reads) {
    const known = truth.get(read.case);
    if (known !== undefined && known !== read.positive) {
      throw new InputError("truth", `case ${read.case}: expected one truth, got both. Mend the table of reads.`);
    }
    truth.set(read.case, read.positive);
    const byReader = sorted.get(read.modality) ?? new Map<Key, Map<Key, number>>();
    sorted.set(read.modality, byReader);
    const ratings = byReader.get(read.reader) ?? new Map<Key, number>();
    byReader.set(read.reader, ratings);
    if (ratings.has(read.case)) {
      throw new InputError(
        "duplicate-read",
        `reader ${read.reader}, modality ${read.modality}, case ${read.case}: expected one read, got two. Keep one.`,
      );
    }
    ratings.set(read.case, measure === "auc" ? Number(read.rating) : callOf(read.rating, options.threshold));
  }
  return [...sorted].flatMap(([modality, byReader]) =>
    [...byReader].map(([reader, ratings]) => makeCell({ reader, modality, ratings, truth, measure })),
  );
}

function callOf(rating: number | boolean, threshold: number | undefined): number {
  if (threshold !== undefined) return Number(rating) >= threshold ? 1 : 0;
  if (rating === true || rating === 1) return 1;
  if (rating === false || rating === 0) return 0;
  throw new InputError(
    "call",
    `rating: expected true, false, 1 or 0 as a call, got ${rating}. Pass a threshold for ratings.`,
  );
}

function makeCell(input: {
  reader: Key;
  modality: Key;
  ratings: ReadonlyMap<Key, number>;
  truth: ReadonlyMap<Key, boolean>;
  measure: ReaderMeasure;
}): Cell {
  const { reader, modality, ratings, truth, measure } = input;
  const subject = `${measure} of reader ${reader}, modality ${modality}`;
  const cases = [...ratings.keys()];
  if (measure === "auc") {
    const labels = cases.map((key) => truth.get(key)!);
    const { auc, positives, negatives, ofPositives, ofNegatives } = computePlacements(
      labels,
      cases.map((key) => ratings.get(key)!),
      subject,
    );
    const components = (indices: Int32Array, values: Float64Array): Map<Key, number> =>
      new Map(Array.from(indices, (i, k) => [cases[i]!, values[k]!]));
    return {
      reader,
      modality,
      estimate: auc,
      positives: components(positives, ofPositives),
      negatives: components(negatives, ofNegatives),
      ratings,
    };
  }
  const wanted = measure === "sensitivity";
  const right = new Map(
    cases
      .filter((key) => truth.get(key) === wanted)
      .map((key) => [key, wanted ? ratings.get(key)! : 1 - ratings.get(key)!]),
  );
  if (right.size === 0) {
    throw notEstimable(subject, `${wanted ? "positive" : "negative"} cases`, "none", "Have such cases read.");
  }
  const estimate = [...right.values()].reduce((sum, value) => sum + value, 0) / right.size;
  const none = new Map<Key, number>();
  return {
    reader,
    modality,
    estimate,
    positives: wanted ? right : none,
    negatives: wanted ? none : right,
    ratings,
  };
}
