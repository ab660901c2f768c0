import type { Case } from "../dataset.js";
import type { PlannedRound } from "./contract.js";
import { groupCases, labelsOf } from "./groups.js";
import { strataOf } from "./strata.js";

/** How a class, or a stratum of a column, is spread over the test sides. */
export interface StratumBalance {
  readonly name: string;
  readonly total: number;
  /** Cases in each round's test side. */
  readonly tests: readonly number[];
  /** Largest distance from its share of a test side, in cases. */
  readonly worst: number;
}

/** How even a split came out. */
export interface SplitBalance {
  /** Patients, or cases and what belongs with them, that had to stay whole. */
  readonly groups: number;
  readonly largestGroup: number;
  readonly rows: readonly StratumBalance[];
}

/** Counts classes and strata on the test sides, against what each side's size would give them. */
export function measureBalance(cases: readonly Case[], rounds: readonly PlannedRound[], strata: readonly string[] = []): SplitBalance {
  const all = cases.map((_, i) => i);
  const labels = labelsOf(cases, all);
  const groups = groupCases(cases, all, labels);
  const known = strataOf(cases, all, strata);
  const tested = [...new Set(rounds.flatMap(({ test }) => test))];
  const rowOf = (name: string, has: (index: number) => boolean): StratumBalance => {
    const total = tested.filter(has).length;
    const tests = rounds.map(({ test }) => test.filter(has).length);
    return { name, total, tests, worst: Math.max(...rounds.map(({ test }, r) => Math.abs(tests[r]! - (test.length * total) / tested.length))) };
  };
  return {
    groups: groups.length,
    largestGroup: Math.max(...groups.map(({ members }) => members.length)),
    rows: [...labels.map((label) => rowOf(label, (index) => cases[index]!.label === label)), ...known.names.map((name, s) => rowOf(name, (index) => known.of(index).includes(s)))],
  };
}
