import type { Case } from "../../data/index.js";
import { encodeTargets, type TargetHead, type TargetTruth } from "../../train/index.js";

type Truth = Pick<Case, "fields">;

/** One target that truth tables of simulated images can give. */
interface Target {
  readonly name: string;
  readonly weight: number;
  /** Unit of a number; left out for classes. */
  readonly unit?: string;
  /** What is true of a case; undefined where the target does not apply. */
  readonly truth: (fields: Readonly<Record<string, string>>) => TargetTruth;
}

const word = (text: string | undefined): string | undefined => (text === undefined || text === "" || text === "none" ? undefined : text);
const number = (text: string | undefined): number | undefined => (text === undefined || text === "" || !Number.isFinite(Number(text)) ? undefined : Number(text));

/** Weight of what is named more finely than the condition itself. */
const detail = 0.5;

/** The targets, without the grades. A Cobb angle is seen from the front, a slip from the side. */
const targets: readonly Target[] = [
  { name: "condition", weight: 1, truth: (fields) => fields["condition"] },
  { name: "level", weight: detail, truth: (fields) => word(fields["level"]) ?? (fields["condition"] === "scoliosis" ? word(fields["apex_level"]) : undefined) },
  { name: "curve type", weight: detail, truth: (fields) => word(fields["curve_type"]) },
  { name: "Cobb angle", weight: 1, unit: "degrees", truth: (fields) => (fields["view"]?.endsWith("-ap") === true ? number(fields["cobb_deg"]) : undefined) },
  { name: "slip", weight: 1, unit: "mm", truth: (fields) => (fields["view"]?.endsWith("-lateral") === true ? number(fields["slip_mm"]) : undefined) },
];

/** Grades mean something within their condition only, so each condition has a head of its own. */
function gradeOf(condition: string): Target {
  return { name: `grade of ${condition}`, weight: detail, truth: (fields) => (fields["condition"] === condition ? word(fields["grade"]) : undefined) };
}

/** A head for the training cases; undefined where there is nothing to learn. */
function headOf({ name, weight, unit, truth }: Target, cases: readonly Truth[]): TargetHead | undefined {
  const known = cases.map(({ fields }) => truth(fields)).filter((value) => value !== undefined);
  if (unit === undefined) {
    const classes = [...new Set(known.map(String))].sort();
    return classes.length < 2 ? undefined : { kind: "classes", name, classes, weight };
  }
  const values = known.map(Number);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.length < 2 || !(deviation > 0) ? undefined : { kind: "number", name, unit, mean, deviation, weight };
}

/** The targets of some simulated images, with what is true of each. */
export interface TargetTable {
  /** Condition first. */
  readonly heads: readonly TargetHead[];
  /** What is true of a case, by head. */
  truths(index: number): readonly TargetTruth[];
  /** The same as a row of numbers for the loss. */
  row(index: number): readonly number[];
}

/**
 * Heads for the targets that the images' table gives: condition, grade of each condition, level, curve type, Cobb angle and slip, each where it applies. Classes, means
 * and deviations are those of the training cases.
 */
export function targetTable(cases: readonly Truth[], train: readonly number[]): TargetTable {
  const training = train.map((index) => cases[index]!);
  const conditions = [...new Set(training.map(({ fields }) => fields["condition"] ?? ""))].sort();
  const [condition, ...others] = targets;
  const all = [condition!, ...conditions.map(gradeOf), ...others];
  const kept = all.flatMap((target) => {
    const head = headOf(target, training);
    return head === undefined ? [] : [{ target, head }];
  });
  const heads = kept.map(({ head }) => head);
  const truths = (index: number): TargetTruth[] => kept.map(({ target }) => target.truth(cases[index]!.fields));
  return { heads, truths, row: (index) => encodeTargets(heads, truths(index)) };
}
