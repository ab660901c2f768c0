import type { CaseSource } from "./source.js";

/** One thing that a network's outputs say, where they say several. */
export type TargetHead =
  | { readonly kind: "classes"; readonly name: string; readonly classes: readonly string[]; readonly weight: number }
  /** A number, learned as (value - mean) / deviation. */
  | { readonly kind: "number"; readonly name: string; readonly unit: string; readonly mean: number; readonly deviation: number; readonly weight: number };

/** What is true of a case, by head: the class or the number; undefined where the head does not apply. */
export type TargetTruth = string | number | undefined;

/** Outputs of the network that a head takes. */
export function outputsOf(head: TargetHead): number {
  return head.kind === "classes" ? head.classes.length : 1;
}

/** Columns of the target rows that a head takes: one-hot classes, or the scaled number and whether it is known. */
export function columnsOf(head: TargetHead): number {
  return head.kind === "classes" ? head.classes.length : 2;
}

/** Sum of a count over heads. */
export function sumOver(heads: readonly TargetHead[], count: (head: TargetHead) => number): number {
  return heads.reduce((sum, head) => sum + count(head), 0);
}

/** First output (or column) of every head. */
export function startsOf(heads: readonly TargetHead[], count: (head: TargetHead) => number): number[] {
  return heads.map((_, i) => sumOver(heads.slice(0, i), count));
}

/** One case's row of targets: zeros where a head does not apply. */
export function encodeTargets(heads: readonly TargetHead[], truths: readonly TargetTruth[]): number[] {
  return heads.flatMap((head, i) => {
    const truth = truths[i];
    if (head.kind === "classes") return head.classes.map((name) => (name === truth ? 1 : 0));
    return typeof truth === "number" ? [(truth - head.mean) / head.deviation, 1] : [0, 0];
  });
}

/** The answer of one head, from a case's row of outputs. */
export function decodeHead(head: TargetHead, outputs: ArrayLike<number>): string | number {
  if (head.kind === "number") return head.mean + head.deviation * outputs[0]!;
  let best = 0;
  for (let k = 1; k < head.classes.length; k++) if (outputs[k]! > outputs[best]!) best = k;
  return head.classes[best]!;
}

/** Columns of the targets that a source's cases have. */
export function targetColumns({ targets, classNames }: CaseSource): number {
  return targets === undefined ? classNames.length : sumOver(targets.heads, columnsOf);
}

/** Target rows of some cases, [n, columns]: one-hot classes, or what the source's heads say. */
export function targetRows(source: CaseSource, cases: readonly number[]): Float32Array {
  const columns = targetColumns(source);
  const rows = new Float32Array(cases.length * columns);
  for (const [i, index] of cases.entries()) {
    if (source.targets === undefined) rows[i * columns + source.labels[index]!] = 1;
    else rows.set(source.targets.row(index), i * columns);
  }
  return rows;
}
