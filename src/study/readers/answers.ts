import type { JoinedRead } from "./reads.js";
import type { ReadingCondition } from "./contract.js";
import type { RunCase } from "./run-cases.js";

/** The cases that were read, and how figures about them are made. */
export interface Panel {
  readonly labels: readonly string[];
  /** Read cases; answers name them by their position here. */
  readonly cases: readonly RunCase[];
  /** Patient of each case. */
  readonly patients: readonly string[];
  readonly level: number;
  readonly seed: number;
}

/** What one who reads said, the network or a person under a condition. */
export interface Answers {
  readonly name: string;
  readonly group?: string;
  readonly condition: ReadingCondition;
  /** Positions of the cases read, ascending. */
  readonly cases: readonly number[];
  /** Label given to each of them. */
  readonly given: readonly number[];
  /** How strongly each of them was taken for class k: a probability, or the confidence, negative where another label was given. */
  readonly score?: (k: number) => number[];
  readonly seconds?: readonly (number | undefined)[];
}

/** The network's answers on all cases of a panel. */
export function networkAnswers({ cases }: Pick<Panel, "cases">): Answers {
  return {
    name: "network",
    condition: "alone",
    cases: cases.map((_, i) => i),
    given: cases.map(({ predicted }) => predicted),
    score: (k) => cases.map(({ probabilities }) => probabilities[k]!),
  };
}

/** Sorts reads by reader and condition, readers and groups in order of appearance, reads alone before aided ones. */
export function readersAnswers(reads: readonly JoinedRead[], positionOf: ReadonlyMap<number, number>): Answers[] {
  const sorted = new Map<string, JoinedRead[]>();
  const readers = [...new Set(reads.map(({ reader }) => reader))];
  for (const condition of ["alone", "aided"] as const) for (const reader of readers) sorted.set(JSON.stringify([reader, condition]), []);
  for (const read of reads) sorted.get(JSON.stringify([read.reader, read.condition]))!.push(read);
  return [...sorted.values()].flatMap((list): Answers[] => {
    const own = [...list].sort((a, b) => a.index - b.index);
    if (own.length === 0) return [];
    const { reader: name, group, condition } = own[0]!;
    const isSure = own.every(({ confidence }) => confidence !== undefined);
    return [
      {
        name,
        ...(group !== undefined && { group }),
        condition,
        cases: own.map(({ index }) => positionOf.get(index)!),
        given: own.map(({ label }) => label),
        ...(isSure && { score: (k: number) => own.map(({ label, confidence }) => (label === k ? confidence! : -confidence!)) }),
        ...(own.some(({ seconds }) => seconds !== undefined) && { seconds: own.map(({ seconds }) => seconds) }),
      },
    ];
  });
}

/** counts[true label][label given]. */
export function confusionOf({ cases, given }: Answers, panel: Panel): number[][] {
  const counts = panel.labels.map(() => panel.labels.map(() => 0));
  cases.forEach((at, i) => (counts[panel.cases[at]!.label]![given[i]!]! += 1));
  return counts;
}
