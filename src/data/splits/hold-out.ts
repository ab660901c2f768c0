import { DataError, InputError, seededRandom } from "../../base/index.js";
import { assignGroups } from "./assign-groups.js";
import type { SplitKind } from "./contract.js";
import { groupCases, labelsOf } from "./groups.js";
import { strataOf } from "./strata.js";

const usualTest = 0.2;

export const holdOut: SplitKind = {
  title: "Hold-out",
  summary: "One division into training, validation and test cases by shares; each side gets its share of every class; patients stay whole.",
  options: ["test", "validation", "strata"],
  needs: [],
  plan(cases, { seed, test = usualTest, validation = 0, strata = [] }) {
    if (!(test > 0 && validation >= 0 && test + validation < 1)) {
      throw new InputError("fraction", `split: expected shares of test and validation above 0 that leave cases to train on, got test ${test} and validation ${validation}. 0.2 and 0.15 are usual.`);
    }
    const all = cases.map((_, i) => i);
    const labels = labelsOf(cases, all);
    if (labels.length < 2) throw new DataError("one-class", `cases: expected at least 2 classes, got ${labels.length === 0 ? "no case" : `only "${labels[0]}"`}. Add cases of another class.`);
    const groups = groupCases(cases, all, labels, strataOf(cases, all, strata));
    const shares = [1 - test - validation, ...(validation > 0 ? [validation] : []), test];
    const partOf = assignGroups(groups, shares, seededRandom(seed, "hold-out"));
    const sides = shares.map((_, part) => groups.flatMap(({ members }, g) => (partOf[g] === part ? members : [])).sort((a, b) => a - b));
    for (const label of labels) {
      if (sides.every((side) => side.some((index) => cases[index]!.label === label))) continue;
      const patients = groups.filter(({ counts }) => counts[labels.indexOf(label)]! > 0).length;
      throw new DataError("too-few-patients", `class "${label}": expected patients on all ${sides.length} sides of the hold-out, got ${patients}. Add patients, or cross-validate instead.`);
    }
    return [{ train: sides[0]!, ...(validation > 0 && { validation: sides[1]! }), test: sides[sides.length - 1]! }];
  },
};
