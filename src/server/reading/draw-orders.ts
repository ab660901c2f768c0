import { seededRandom, type Random } from "../../base/index.js";
import type { Condition } from "../contract/reading.js";

export interface LabelledCase {
  readonly key: string;
  readonly label: string;
}

/** Cases drawn without replacement, as evenly over the labels as their numbers allow. */
export function drawCases(cases: readonly LabelledCase[], count: number, random: Random): LabelledCase[] {
  const byLabel = new Map<string, LabelledCase[]>();
  for (const one of cases) byLabel.set(one.label, [...(byLabel.get(one.label) ?? []), one]);
  const piles = [...byLabel].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pile]) => random.shuffle(pile));
  const drawn: LabelledCase[] = [];
  for (let turn = 0; drawn.length < count && piles.some((pile) => pile.length > turn); turn++) {
    for (const pile of piles) if (turn < pile.length && drawn.length < count) drawn.push(pile[turn]!);
  }
  return drawn;
}

export interface OrderOptions {
  readonly cases: readonly LabelledCase[];
  readonly practice: readonly LabelledCase[];
  readonly readers: readonly string[];
  readonly conditions: readonly Condition[];
  readonly order: "crossed" | "split";
  readonly seed: number;
}

export interface DrawnItem {
  readonly key: string;
  readonly condition: Condition;
  readonly practice: boolean;
}

export interface DrawnSession {
  readonly reader: string;
  /** From 0. */
  readonly session: number;
  readonly conditions: readonly Condition[];
  readonly items: readonly DrawnItem[];
}

/**
 * Who reads what when. Every reader reads every case once under every condition, one session per condition.
 *
 * crossed: reader r has condition (s + r) mod C in session s: over readers each condition comes equally often at each place.
 * split: cases are dealt into C parts, balanced over labels; part p has condition (p + s + r) mod C in session s, so that
 * each session holds all conditions and no case is seen twice in one.
 *
 * The order of cases is drawn anew for every reader and session; practice comes first.
 */
export function drawOrders({ cases, practice, readers, conditions, order, seed }: OrderOptions): DrawnSession[] {
  const count = conditions.length;
  const dealt = seededRandom(seed, "reading parts").shuffle(cases).sort((a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0));
  const partOf = new Map(dealt.map(({ key }, i) => [key, i % count]));
  return readers.flatMap((reader, r) =>
    Array.from({ length: count }, (_, session): DrawnSession => {
      const random = seededRandom(seed, "reading order", r, session);
      const conditionAt = (shift: number): Condition => conditions[(shift + session + r) % count]!;
      const conditionOf = (key: string): Condition => (order === "crossed" ? conditionAt(0) : conditionAt(partOf.get(key)!));
      const warm = random.shuffle(practice).map(({ key }, i): DrawnItem => ({ key, condition: order === "crossed" ? conditionAt(0) : conditionAt(i), practice: true }));
      const items = random.shuffle(cases).map(({ key }): DrawnItem => ({ key, condition: conditionOf(key), practice: false }));
      return { reader, session, conditions: order === "crossed" ? [conditionAt(0)] : [...conditions], items: [...warm, ...items] };
    }),
  );
}
