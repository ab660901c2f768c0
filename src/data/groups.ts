import type { Case } from "./dataset.js";

/** Cases that must stay on one side of every split. */
export interface CaseGroup {
  /** Positions in the list of cases. */
  readonly members: readonly number[];
  /** Members per class. */
  readonly counts: readonly number[];
}

/**
 * Groups cases that share a patient or the very same image content; a case of no patient stands alone.
 * @param indices which cases; positions in `cases`
 */
export function groupCases(cases: readonly Case[], indices: readonly number[], labels: readonly string[]): CaseGroup[] {
  const parent = new Map<string, string>();
  const find = (key: string): string => {
    let root = key;
    while (parent.get(root) !== undefined && parent.get(root) !== root) root = parent.get(root)!;
    parent.set(key, root);
    return root;
  };
  const keyOf = (index: number): string => {
    const { patient } = cases[index]!;
    return patient === undefined ? `case ${index}` : `patient ${patient}`;
  };
  for (const index of indices) {
    const content = cases[index]!.contentSha256;
    const root = find(keyOf(index));
    if (content !== undefined) parent.set(root, find(`content ${content}`));
  }
  const members = new Map<string, number[]>();
  for (const index of indices) {
    const root = find(keyOf(index));
    members.set(root, [...(members.get(root) ?? []), index]);
  }
  const classOf = new Map(labels.map((label, k) => [label, k]));
  return [...members.values()].map((list) => {
    const counts = labels.map(() => 0);
    for (const index of list) counts[classOf.get(cases[index]!.label)!]! += 1;
    return { members: list, counts };
  });
}

/** Class names of the given cases, sorted by code unit. */
export function labelsOf(cases: readonly Case[], indices: readonly number[]): string[] {
  return [...new Set(indices.map((index) => cases[index]!.label))].sort();
}
