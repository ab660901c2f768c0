import { decideUnits } from "../analysis/decide-units.js";
import { patientOfRows, unitOfRows, type PredictionRow, type PredictionTable } from "../read-predictions.js";
import type { CasePrediction } from "../task-record.js";

/** Which cases two runs share, and why others are left out. */
export interface SharedCases {
  readonly first: number;
  readonly second: number;
  /** Cases compared: in both, with the same image and the same label. */
  readonly shared: number;
  /** In both by name, but another image. */
  readonly otherImage: number;
  /** In both, but with another label. */
  readonly otherLabel: number;
  /** Whether images were compared by checksum; runs of older versions tell none. */
  readonly byImage: boolean;
}

interface KnownCase {
  readonly label: string;
  readonly imageSha256: string | undefined;
}

function casesOf({ rows, labels }: PredictionTable): Map<string, KnownCase> {
  return new Map(rows.map(({ prediction, imageSha256 }) => [prediction.case, { label: labels[prediction.label]!, imageSha256 }]));
}

/** Cases of both runs, matched by name and checksum of the image. */
export function shareCases(first: PredictionTable, second: PredictionTable): { readonly facts: SharedCases; readonly ids: ReadonlySet<string> } {
  const [a, b] = [casesOf(first), casesOf(second)];
  const both = [...a].flatMap(([id, one]) => (b.has(id) ? [{ id, one, other: b.get(id)! }] : []));
  const isOtherImage = ({ one, other }: (typeof both)[number]): boolean => one.imageSha256 !== undefined && other.imageSha256 !== undefined && one.imageSha256 !== other.imageSha256;
  const sameImage = both.filter((pair) => !isOtherImage(pair));
  const shared = sameImage.filter(({ one, other }) => one.label === other.label);
  return {
    facts: {
      first: a.size,
      second: b.size,
      shared: shared.length,
      otherImage: both.length - sameImage.length,
      otherLabel: sameImage.length - shared.length,
      byImage: both.every(({ one, other }) => one.imageSha256 !== undefined && other.imageSha256 !== undefined),
    },
    ids: new Set(shared.map(({ id }) => id)),
  };
}

/** One decision of each of two cells on the same case. */
export interface PairedDecision {
  readonly patient: string;
  /** Index into the labels of the first run. */
  readonly label: number;
  readonly predicted: readonly [number, number];
  readonly probabilities: readonly [readonly number[], readonly number[]];
}

interface CellRows {
  readonly table: PredictionTable;
  readonly cell: string;
}

export interface PairedDecisions {
  readonly decisions: readonly PairedDecision[];
  /** Pairs of seeds, in the order compared. */
  readonly seeds: readonly (readonly [number, number])[];
}

/** Decisions by seed, on the shared cases; views of a unit are averaged where both runs have them. */
function bySeed({ table, cell }: CellRows, ids: ReadonlySet<string>): Map<number, readonly CasePrediction[]> {
  const rows = table.rows.filter((row) => row.cell === cell && ids.has(row.prediction.case));
  const unitOf = unitOfRows(table.rows);
  const seeds = [...new Set(rows.map(({ seed }) => seed))];
  return new Map(seeds.map((seed) => [seed, decideUnits(rows.filter((row) => row.seed === seed).map(({ prediction }: PredictionRow) => prediction), unitOf)]));
}

/**
 * The decisions of two cells side by side. Seeds that both runs have are paired with each other; where they have none in
 * common, the first with the first and so on.
 */
export function pairDecisions(first: CellRows, second: CellRows, ids: ReadonlySet<string>): PairedDecisions {
  const [a, b] = [bySeed(first, ids), bySeed(second, ids)];
  const common = [...a.keys()].filter((seed) => b.has(seed));
  const seeds = common.length > 0 ? common.map((seed) => [seed, seed] as const) : [...a.keys()].slice(0, b.size).map((seed, i) => [seed, [...b.keys()][i]!] as const);
  const patientOf = patientOfRows(first.table.rows);
  // The second run may list its classes in another order.
  const order = first.table.labels.map((label) => second.table.labels.indexOf(label));
  const decisions = seeds.flatMap(([x, y]) => {
    const others = new Map(b.get(y)!.map((one) => [one.case, one]));
    return a.get(x)!.flatMap((one): PairedDecision[] => {
      const other = others.get(one.case);
      if (other === undefined) return [];
      return [
        {
          patient: patientOf(one.case),
          label: one.label,
          predicted: [one.predicted, order.indexOf(other.predicted)],
          probabilities: [one.probabilities, order.map((k) => other.probabilities[k]!)],
        },
      ];
    });
  });
  return { decisions, seeds };
}
