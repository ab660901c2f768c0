import type { Random } from "../../base/index.js";
import { DataError, InputError, seededRandom } from "../../base/index.js";
import { assignGroups } from "./assign-groups.js";
import type { Case } from "../dataset.js";
import type { CaseGroup } from "./groups.js";
import type { Fold, FoldOptions } from "./contract.js";
import { groupCases, labelsOf } from "./groups.js";
import { strataOf } from "./strata.js";

/**
 * Cross-validation that tests every case once, keeps all images of one patient (and copies of one image) on one side,
 * and gives every fold its share of every class: within 1 case where every case is its own patient.
 * @throws InputError `folds`; DataError `one-class`, `too-few-patients`, `too-few-cases`
 */
export function stratifiedGroupKFold(cases: readonly Case[], { folds, seed, strata = [] }: FoldOptions): Fold[] {
  if (!Number.isInteger(folds) || folds < 2) throw new InputError("folds", `folds: expected a whole number of at least 2, got ${folds}. Five is usual.`);
  const all = cases.map((_, i) => i);
  const labels = labelsOf(cases, all);
  if (labels.length < 2) throw new DataError("one-class", `cases: expected at least 2 classes, got ${labels.length === 0 ? "no case" : `only "${labels[0]}"`}. Add cases of another class.`);
  const groups = groupCases(cases, all, labels, strataOf(cases, all, strata));
  checkEnough(groups, labels, folds);
  const random = seededRandom(seed, "folds");
  const single = strata.length === 0 && groups.every(({ members }) => members.length === 1);
  const shares = Array.from({ length: folds }, () => 1 / folds);
  const partOf = single ? dealSingles(groups, folds, random) : assignGroups(groups, shares, random);
  const tests: number[][] = shares.map(() => []);
  groups.forEach(({ members }, g) => tests[partOf[g]!]!.push(...members));
  tests.forEach((test) => {
    test.sort((a, b) => a - b);
    const lacking = labels.find((label) => !test.some((index) => cases[index]!.label === label));
    if (lacking !== undefined) {
      throw new DataError("too-few-patients", `class "${lacking}": expected patients that can be spread over ${folds} folds, got too few of them alone. Use fewer folds or add patients.`);
    }
  });
  return tests.map((test) => {
    const held = new Set(test);
    return { train: all.filter((index) => !held.has(index)), test };
  });
}

function checkEnough(groups: readonly CaseGroup[], labels: readonly string[], folds: number): void {
  labels.forEach((label, k) => {
    const count = groups.reduce((sum, { counts }) => sum + counts[k]!, 0);
    const remedy = "Use fewer folds, add cases, or leave this class out.";
    if (count < folds) throw new DataError("too-few-cases", `class "${label}": expected at least ${folds} cases for ${folds} folds, got ${count}. ${remedy}`);
    const patients = groups.filter(({ counts }) => counts[k]! > 0).length;
    if (patients < folds) throw new DataError("too-few-patients", `class "${label}": expected at least ${folds} patients for ${folds} folds, got ${patients}. ${remedy}`);
  });
}

/** Deals the shuffled cases of one class after another, like cards, so that folds differ by 1 at most in every class and in all. */
function dealSingles(groups: readonly CaseGroup[], folds: number, random: Random): number[] {
  const partOf = groups.map(() => 0);
  let next = 0;
  for (let k = 0; k < groups[0]!.counts.length; k++) {
    const ofClass = groups.flatMap(({ counts }, g) => (counts[k] === 1 ? [g] : []));
    for (const g of random.shuffle(ofClass)) {
      partOf[g] = next % folds;
      next += 1;
    }
  }
  return partOf;
}
