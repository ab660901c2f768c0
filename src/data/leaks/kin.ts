import type { Dataset } from "../dataset.js";
import type { LeakAudit, LeakPair } from "./contract.js";

/** Names the sets of cases that pairs tie together, in the order of their first case. */
export function nameKin(cases: number, pairs: readonly Pick<LeakPair, "a" | "b">[]): (string | undefined)[] {
  const parent = Array.from({ length: cases }, (_, i) => i);
  const find = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root]!;
    parent[index] = root;
    return root;
  };
  const isTied = new Uint8Array(cases);
  for (const { a, b } of pairs) {
    const [low, high] = [find(a), find(b)].sort((x, y) => x - y);
    parent[high!] = low!;
    isTied[a] = 1;
    isTied[b] = 1;
  }
  return Array.from({ length: cases }, (_, index) => (isTied[index] === 1 ? `${find(index) + 1}` : undefined));
}

/** The data set with the audit's kin on its cases, so that every split keeps them on one side. */
export function withKin(dataset: Dataset, { kin }: Pick<LeakAudit, "kin">): Dataset {
  if (kin.every((name) => name === undefined)) return dataset;
  return { ...dataset, cases: dataset.cases.map((one, index) => (kin[index] === undefined ? one : { ...one, kin: kin[index] })) };
}
