import { DataError, InputError, seededRandom } from "../../base/index.js";
import { assignGroups } from "./assign-groups.js";
import type { Case } from "../dataset.js";
import { groupCases, labelsOf } from "./groups.js";

export interface TrainValidation {
  readonly train: readonly number[];
  readonly validation: readonly number[];
}

/**
 * Holds back a part of the training cases, for early stopping and for whatever is fitted after training: grouped by
 * patient, stratified by class, at least one case of every class on both sides.
 * @param indices training cases, positions in `cases`
 * @param options `fraction`: share held back, between 0 and 1
 * @throws InputError `fraction`; DataError `too-few-patients`
 */
export function splitTrainValidation(
  cases: readonly Case[],
  indices: readonly number[],
  { fraction, seed }: { fraction: number; seed: number | string },
): TrainValidation {
  if (!(fraction > 0 && fraction < 1)) throw new InputError("fraction", `fraction: expected a number between 0 and 1, got ${fraction}. 0.15 is usual.`);
  const labels = labelsOf(cases, indices);
  const groups = groupCases(cases, indices, labels);
  labels.forEach((label, k) => {
    const patients = groups.filter(({ counts }) => counts[k]! > 0).length;
    if (patients < 2) {
      throw new DataError("too-few-patients", `class "${label}": expected at least 2 patients to hold one back for early stopping, got ${patients}. Switch early stopping off or add patients.`);
    }
  });
  const partOf = assignGroups(groups, [1 - fraction, fraction], seededRandom(seed, "validation"));
  const side = (part: number): number[] => groups.flatMap(({ members }, g) => (partOf[g] === part ? members : [])).sort((a, b) => a - b);
  const [train, validation] = [side(0), side(1)];
  for (const label of labels) {
    if ([train, validation].every((part) => part.some((index) => cases[index]!.label === label))) continue;
    throw new DataError("too-few-patients", `class "${label}": expected patients on both sides of the early-stopping split, got none on one. Switch early stopping off or add patients.`);
  }
  return { train, validation };
}
