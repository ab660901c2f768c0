import type { ReadingCondition } from "./contract.js";

/** One read, joined to a case of the run. */
export interface JoinedRead {
  readonly reader: string;
  readonly group?: string;
  readonly condition: ReadingCondition;
  /** Position among the run's cases. */
  readonly index: number;
  /** Position of the label given among the run's labels. */
  readonly label: number;
  readonly confidence?: number;
  readonly seconds?: number;
}

export interface ReadsTable {
  readonly reads: readonly JoinedRead[];
  readonly simulated: boolean;
  readonly warnings: readonly string[];
}

/** Words for a condition, as tables write them. */
const words: Readonly<Record<string, ReadingCondition>> = {
  "": "alone",
  alone: "alone",
  unaided: "alone",
  unassisted: "alone",
  without: "alone",
  "without help": "alone",
  aided: "aided",
  assisted: "aided",
  with: "aided",
  "with help": "aided",
  "with network": "aided",
};

export const conditionWords = Object.keys(words).filter((word) => word !== "");

/** The condition that a cell names, in any case. */
export function conditionOf(cell: string): ReadingCondition | undefined {
  const word = cell.trim().toLowerCase().replaceAll(/[-_\s]+/g, " ");
  return Object.hasOwn(words, word) ? words[word] : undefined;
}
