import { isEstimable, type Figure } from "../../stats/index.js";
import type { Column, Probe } from "./contract.js";

/** "0.912 (0.865 to 0.944)". */
export function areaText(auc: Figure): string {
  return isEstimable(auc) ? `${auc.estimate.toFixed(2)} (${auc.lower.toFixed(2)} to ${auc.upper.toFixed(2)})` : `not estimable: ${auc.notEstimable}`;
}

const degrees = { nearly: "nearly completely", well: "well", part: "in part", little: "a little" } as const;

/** How far the label can be told: nearly completely from an area of 0.9 on, well from 0.75, in part from 0.6. */
export function degreeOf(area: number): keyof typeof degrees {
  return area >= 0.9 ? "nearly" : area >= 0.75 ? "well" : area >= 0.6 ? "part" : "little";
}

/** What a probe found, in one sentence. */
export function sentenceOf({ subject }: Pick<Probe, "subject">, auc: Figure, pAdjusted: number, found: boolean): string {
  const verb = /(s|ies) alone$|^(Width|Brightness|Noise|Markers)/.test(subject) && !/^(A |What|The (size|way))/.test(subject) ? "predict" : "predicts";
  const p = pAdjusted < 0.001 ? "p < 0.001" : `p = ${pAdjusted.toFixed(3)}`;
  if (!isEstimable(auc)) return `${subject}: ${areaText(auc)}`;
  if (!found) return `${subject} ${verb === "predict" ? "do" : "does"} not predict the label beyond chance: AUC ${areaText(auc)}, adjusted ${p}.`;
  return `${subject} ${verb} the label ${degrees[degreeOf(auc.estimate)]}: AUC ${areaText(auc)}, adjusted ${p}.`;
}

/** Columns shown of each probe. */
const shown = 3;

function separation(values: readonly number[], truth: Int32Array, classes: number): number {
  // Between-class share of the variance of ranks: finds a difference whatever the scale.
  const known = values.map((_, i) => i).filter((i) => !Number.isNaN(values[i]!));
  if (known.length < 4) return 0;
  const order = [...known].sort((a, b) => values[a]! - values[b]!);
  const ranks = new Map<number, number>();
  for (let i = 0; i < order.length; ) {
    let j = i;
    while (j < order.length && values[order[j]!] === values[order[i]!]) j += 1;
    for (let k = i; k < j; k++) ranks.set(order[k]!, (i + j - 1) / 2);
    i = j;
  }
  const mean = (order.length - 1) / 2;
  let [between, total] = [0, 0];
  for (let k = 0; k < classes; k++) {
    const own = known.filter((i) => truth[i] === k);
    if (own.length > 0) between += own.length * (own.reduce((sum, i) => sum + ranks.get(i)!, 0) / own.length - mean) ** 2;
  }
  for (const i of known) total += (ranks.get(i)! - mean) ** 2;
  return total > 0 ? between / total : 0;
}

function print(value: number, column: Column): string {
  const { print: how = { digits: 2 } } = column;
  if ("share" in how) return `${(100 * value).toFixed(value > 0 && value < 0.1 ? 1 : 0)} %`;
  return `${value.toFixed(how.digits)}${how.unit === undefined ? "" : ` ${how.unit}`}`;
}

/** The columns that differ most between the labels: means of numbers, the most frequent word with its share. */
export function detailsOf(columns: readonly Column[], truth: Int32Array, labels: readonly string[]): { title: string; byLabel: Record<string, string> }[] {
  const ranked = columns
    .map((column) => ({ column, value: separation(asNumbers(column.values), truth, labels.length) }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value);
  return ranked.slice(0, shown).map(({ column }) => ({
    title: column.title,
    byLabel: Object.fromEntries(
      labels.map((label, k) => {
        const own = Array.from(truth.keys()).filter((i) => truth[i] === k);
        if (typeof column.values[0] === "string") return [label, mostFrequent(own.map((i) => column.values[i] as string))];
        const known = own.map((i) => column.values[i] as number).filter((value) => !Number.isNaN(value));
        return [label, known.length === 0 ? "none" : print(known.reduce((sum, value) => sum + value, 0) / known.length, column)];
      }),
    ),
  }));
}

function asNumbers(values: Column["values"]): number[] {
  if (typeof values[0] !== "string") return values as number[];
  const counts = new Map<string, number>();
  for (const value of values as readonly string[]) counts.set(value, (counts.get(value) ?? 0) + 1);
  const first = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]![0];
  return (values as readonly string[]).map((value) => (value === first ? 1 : 0));
}

function mostFrequent(values: readonly string[]): string {
  if (values.length === 0) return "none";
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [value, count] = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]!;
  return count === values.length ? value : `${value} (${Math.round((100 * count) / values.length)} %)`;
}
