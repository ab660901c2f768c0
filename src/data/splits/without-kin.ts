import { DataError } from "../../base/index.js";
import type { Case } from "../dataset.js";
import type { PlannedRound } from "./contract.js";
import { groupCases, labelsOf } from "./groups.js";

/**
 * A round that tests the given cases and trains on all others but those of a patient who is tested, which are left out.
 * @param subject what the round is, for errors
 * @throws DataError `one-class`, `no-cases`
 */
export function roundWithoutKin(cases: readonly Case[], test: readonly number[], { candidates, name, subject }: { candidates: readonly number[]; name?: string; subject: string }): PlannedRound {
  const tested = new Set(test);
  const both = [...new Set([...test, ...candidates])];
  const leftOut = new Set(groupCases(cases, both, labelsOf(cases, both)).flatMap(({ members }) => (members.some((index) => tested.has(index)) ? members.filter((index) => !tested.has(index)) : [])));
  const train = candidates.filter((index) => !tested.has(index) && !leftOut.has(index));
  const classes = labelsOf(cases, train);
  if (test.length === 0) throw new DataError("no-cases", `${subject}: expected cases to test, got none. Correct the column.`);
  if (classes.length < 2) {
    throw new DataError("one-class", `${subject}: expected at least 2 classes to train on, got ${classes.length === 0 ? "no case" : `only "${classes[0]}"`}. Choose another split.`);
  }
  return { train, test: [...test].sort((a, b) => a - b), ...(name !== undefined && { name }), ...(leftOut.size > 0 && { leftOut: [...leftOut].sort((a, b) => a - b) }) };
}
