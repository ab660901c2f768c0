import type { Case } from "../../data/index.js";
import type { CasePrediction } from "../task-record.js";
import type { SubgroupColumn } from "./subgroups.js";

/** Unit of decision of each case id. */
export type UnitOf = ReadonlyMap<string, string>;

/** The units of a data set; undefined where every image is decided on by itself. */
export function unitsOf(cases: readonly Pick<Case, "id" | "unit">[]): UnitOf | undefined {
  if (cases.every(({ unit }) => unit === undefined)) return undefined;
  return new Map(cases.map(({ id, unit }) => [id, unit ?? id]));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What the views of one unit say together: probabilities averaged arithmetically, the class of the largest. */
function decide(unit: string, views: readonly CasePrediction[]): CasePrediction {
  const { label, probabilities } = views[0]!;
  const averaged = probabilities.map((_, k) => meanOf(views.map((view) => view.probabilities[k]!)));
  const known = views.filter(({ relevance }) => relevance !== undefined);
  const measured = known.flatMap(({ relevance }) => (typeof relevance === "number" ? [relevance] : []));
  const shares = known.flatMap(({ regionShare }) => (regionShare === undefined ? [] : [regionShare]));
  return {
    case: unit,
    label,
    predicted: averaged.indexOf(Math.max(...averaged)),
    probabilities: averaged,
    ...(known.length > 0 && { relevance: measured.length === 0 ? null : meanOf(measured) }),
    ...(shares.length > 0 && { regionShare: meanOf(shares) }),
  };
}

/**
 * Predictions of units from those of their images, in order of appearance. A unit of one image keeps its numbers.
 * @see P. Rajpurkar et al., MURA, 2018, arXiv:1712.06957: the arithmetic mean over the views of a study
 */
export function decideUnits(predictions: readonly CasePrediction[], unitOf: UnitOf | undefined): readonly CasePrediction[] {
  if (unitOf === undefined) return predictions;
  const views = new Map<string, CasePrediction[]>();
  for (const prediction of predictions) {
    const unit = unitOf.get(prediction.case) ?? prediction.case;
    const list = views.get(unit);
    if (list === undefined) views.set(unit, [prediction]);
    else list.push(prediction);
  }
  return [...views].map(([unit, own]) => decide(unit, own));
}

/** Subgroups of units: those of their images where these agree. */
export function groupUnits(columns: readonly SubgroupColumn[], unitOf: UnitOf | undefined): readonly SubgroupColumn[] {
  if (unitOf === undefined) return columns;
  return columns.map(({ column, groupOf }) => {
    const groups = new Map<string, string | undefined>();
    for (const [id, unit] of unitOf) {
      const group = groupOf.get(id);
      groups.set(unit, groups.has(unit) && groups.get(unit) !== group ? undefined : group);
    }
    return { column, groupOf: new Map([...groups].flatMap(([unit, group]) => (group === undefined ? [] : [[unit, group] as const]))) };
  });
}
