import type { Case } from "../dataset.js";
import type { Strata } from "./strata.js";

/** Cases that must stay on one side of every split. */
export interface CaseGroup {
  /** Positions in the list of cases. */
  readonly members: readonly number[];
  /** Members per class. */
  readonly counts: readonly number[];
  /** Members per stratum of further columns; empty where none are asked for. */
  readonly strata: readonly number[];
}

/**
 * Groups cases that share a patient (or, of no patient, a unit of decision), the very same image content, or a name of kin that the leak audit gave; a case of
 * nothing of these stands alone.
 * @param indices which cases; positions in `cases`
 */
export function groupCases(cases: readonly Case[], indices: readonly number[], labels: readonly string[], strata?: Strata): CaseGroup[] {
  const parent = new Map<string, string>();
  const find = (key: string): string => {
    let root = key;
    while (parent.get(root) !== undefined && parent.get(root) !== root) root = parent.get(root)!;
    parent.set(key, root);
    return root;
  };
  const keyOf = (index: number): string => {
    const { patient, unit } = cases[index]!;
    if (patient !== undefined) return `patient ${patient}`;
    return unit === undefined ? `case ${index}` : `unit ${unit}`;
  };
  for (const index of indices) {
    const { contentSha256, kin } = cases[index]!;
    if (contentSha256 !== undefined) parent.set(find(keyOf(index)), find(`content ${contentSha256}`));
    if (kin !== undefined) parent.set(find(keyOf(index)), find(`kin ${kin}`));
  }
  const members = new Map<string, number[]>();
  for (const index of indices) {
    const root = find(keyOf(index));
    const list = members.get(root);
    if (list === undefined) members.set(root, [index]);
    else list.push(index);
  }
  const classOf = new Map(labels.map((label, k) => [label, k]));
  return [...members.values()].map((list) => {
    const counts = labels.map(() => 0);
    for (const index of list) counts[classOf.get(cases[index]!.label)!]! += 1;
    return { members: list, counts, strata: countStrata(list, strata) };
  });
}

function countStrata(members: readonly number[], strata: Strata | undefined): number[] {
  const counts = Array.from({ length: strata?.names.length ?? 0 }, () => 0);
  for (const index of members) for (const stratum of strata?.of(index) ?? []) counts[stratum]! += 1;
  return counts;
}

/** Class names of the given cases, sorted by code unit. */
export function labelsOf(cases: readonly Case[], indices: readonly number[]): string[] {
  return [...new Set(indices.map((index) => cases[index]!.label))].sort();
}
