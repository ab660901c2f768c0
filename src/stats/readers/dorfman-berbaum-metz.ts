import { checkLevel, defaultLevel } from "../checks.js";
import { fUpperP } from "../distributions/index.js";
import { notEstimable } from "../estimate.js";
import type { StatisticFacts } from "../estimate.js";
import { waldEstimate } from "../wald.js";
import type { WaldEstimate } from "../wald.js";
import { detectDesign } from "./design.js";
import { readerCells } from "./reads.js";
import type { Cell, CellOptions, Read } from "./reads.js";

export const dorfmanBerbaumMetzFacts: StatisticFacts = {
  title: "Readers and cases by pseudovalues",
  summary: "Dorfman, Berbaum and Metz's analysis of a factorial reader study; the same test as Obuchowski and Rockette's by the jackknife.",
  formula:
    "pseudovalues C θ̂ − (C − 1) θ̂₍₋ₖ₎ of C cases in an analysis of variance by modality, reader and case: " +
    "F = MS(T)/(MS(TR) + max(MS(TC) − MS(TRC), 0)) with Hillis's degrees of freedom",
  methods: ["random readers and cases"],
  reference:
    "D. D. Dorfman, K. S. Berbaum, C. E. Metz, Invest Radiol 27, 1992, 723; S. L. Hillis, K. S. Berbaum, C. E. Metz, Acad Radiol 15, " +
    "2008, doi:10.1016/j.acra.2007.12.015",
};

/** Difference of two modalities from pseudovalues. */
export interface PseudovalueDifference extends WaldEstimate {
  readonly f: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
}

/**
 * Difference of the first and the second modality (in order of appearance) by pseudovalues.
 * @throws InputError `not-estimable` unless the study is factorial with two modalities and two readers or more
 * @see equals obuchowskiRockette with the jackknife
 */
export function dorfmanBerbaumMetz(
  reads: readonly Read[],
  options: CellOptions & { readonly level?: number } = {},
): PseudovalueDifference {
  const level = checkLevel(options.level ?? defaultLevel);
  const cells = readerCells(reads, options);
  const { design, modalities, readers } = detectDesign(cells);
  if (design !== "factorial" || modalities.length !== 2 || readers.length < 2) {
    throw notEstimable(
      "pseudovalues",
      "a factorial study of two modalities and two readers or more",
      `${design}, ${modalities.length} and ${readers.length}`,
      "Use obuchowskiRockette.",
    );
  }
  const keys = [...cells[0]!.positives.keys(), ...cells[0]!.negatives.keys()];
  const c = keys.length;
  const values = cells.map((cell) => keys.map((key) => pseudovalue(cell, key, c)));
  const j = readers.length;
  const differences = readers.map((reader) => {
    const own = [0, 1].map((m) => values[cells.findIndex((cell) => cell.reader === reader && cell.modality === modalities[m])]!);
    return keys.map((_, k) => own[0]![k]! - own[1]![k]!);
  });
  // With two modalities the interactions with the modality are those of the differences, halved.
  const ofReader = differences.map((row) => meanOf(row));
  const ofCase = keys.map((_, k) => meanOf(differences.map((row) => row[k]!)));
  const mean = meanOf(ofReader);
  const tr = ((c / 2) * ofReader.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / (j - 1);
  const tc = ((j / 2) * ofCase.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / (c - 1);
  let residual = 0;
  differences.forEach((row, r) =>
    row.forEach((value, k) => (residual += (value - ofReader[r]! - ofCase[k]! + mean) ** 2)),
  );
  const trc = residual / 2 / ((j - 1) * (c - 1));
  const denominator = tr + Math.max(0, tc - trc);
  const degreesOfFreedom = denominator ** 2 / (tr ** 2 / (j - 1));
  const standardError = Math.sqrt((2 * denominator) / (c * j));
  const f = (mean / standardError) ** 2;
  return {
    ...waldEstimate({
      estimate: mean,
      standardError,
      level,
      method: "Dorfman-Berbaum-Metz, Hillis's degrees of freedom",
      n: c,
      degreesOfFreedom,
      range: [-1, 1],
      scale: "keep",
    }),
    f,
    degreesOfFreedom,
    p: fUpperP(f, 1, degreesOfFreedom),
  };
}

function pseudovalue(cell: Cell, key: Read["case"], cases: number): number {
  const part = cell.positives.has(key) ? cell.positives : cell.negatives;
  const change = (cell.estimate - part.get(key)!) / (part.size - 1);
  return cell.estimate - (cases - 1) * change;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
