import type { Case } from "../dataset.js";
import type { Fold } from "../splits/contract.js";
import { groupCases, labelsOf } from "../splits/groups.js";
import type { LeakPair } from "./contract.js";

export type Side = "train" | "validation" | "test";

/** Two cases that belong together and stand on two sides of a round. */
export interface Crossing extends LeakPair {
  /** 0-based. */
  readonly round: number;
  readonly sides: readonly [Side, Side];
}

/**
 * Pairs on two sides of a round: those that the audit found, and cases of one patient.
 * @param cases with their kin
 */
export function findCrossings(cases: readonly Case[], rounds: readonly Fold[], pairs: readonly LeakPair[]): Crossing[] {
  return rounds.flatMap(({ train, validation = [], test }, round) => {
    const sideOf = new Map<number, Side>();
    for (const [side, indices] of [["train", train], ["validation", validation], ["test", test]] as const) for (const index of indices) sideOf.set(index, side);
    const told = new Set<number>();
    const direct = pairs.flatMap((pair): Crossing[] => {
      const sides = [sideOf.get(pair.a), sideOf.get(pair.b)] as const;
      if (sides[0] === undefined || sides[1] === undefined || sides[0] === sides[1]) return [];
      told.add(pair.a).add(pair.b);
      return [{ ...pair, round, sides: [sides[0], sides[1]] }];
    });
    const all = [...sideOf.keys()].sort((a, b) => a - b);
    const shared = groupCases(cases, all, labelsOf(cases, all)).flatMap(({ members }): Crossing[] => {
      const first = members[0]!;
      return members.flatMap((index): Crossing[] => {
        const isTold = told.has(index) && members.some((other) => other !== index && told.has(other));
        if (isTold || sideOf.get(index) === sideOf.get(first)) return [];
        return [{ a: first, b: index, kind: "same-patient", round, sides: [sideOf.get(first)!, sideOf.get(index)!] }];
      });
    });
    return [...direct, ...shared];
  });
}

/**
 * Rounds without what crosses: cases that belong with a tested one leave training and early stopping, those that belong with
 * one of early stopping leave training. The test sides stay as they are.
 */
export function withoutCrossings(cases: readonly Case[], rounds: readonly Fold[]): Fold[] {
  return rounds.map((round) => {
    const { train, validation = [], test } = round;
    const all = [...train, ...validation, ...test];
    const [inTest, inValidation] = [new Set(test), new Set(validation)];
    const leaving = new Set<number>();
    for (const { members } of groupCases(cases, all, labelsOf(cases, all))) {
      const isTested = members.some((index) => inTest.has(index));
      const isWatched = members.some((index) => inValidation.has(index));
      for (const index of members) if (!inTest.has(index) && (isTested || (isWatched && !inValidation.has(index)))) leaving.add(index);
    }
    const stay = (indices: readonly number[]): number[] => indices.filter((index) => !leaving.has(index));
    return { ...round, train: stay(train), ...(validation.length > 0 && { validation: stay(validation) }), test };
  });
}
