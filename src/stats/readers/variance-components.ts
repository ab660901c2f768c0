import type { Key } from "../resample.js";
import type { Layout } from "./design.js";
import type { CellFigure } from "./reads.js";

/** Error variance of a cell and covariances between cells, averaged: same reader, same modality, neither. */
export interface Covariances {
  readonly error: number;
  readonly cov1: number;
  readonly cov2: number;
  readonly cov3: number;
}

/** Averages of a covariance matrix over its pairs of cells; pairs that share no case count as 0. */
export function averageCovariances(cells: readonly CellFigure[], matrix: readonly (readonly number[])[]): Covariances {
  const mean = (wanted: (a: CellFigure, b: CellFigure) => boolean): number => {
    let [sum, count] = [0, 0];
    cells.forEach((a, i) =>
      cells.forEach((b, j) => {
        if (!wanted(a, b)) return;
        sum += matrix[i]![j]!;
        count += 1;
      }),
    );
    return count === 0 ? 0 : sum / count;
  };
  return {
    error: mean((a, b) => a === b),
    cov1: mean((a, b) => a.reader === b.reader && a.modality !== b.modality),
    cov2: mean((a, b) => a.reader !== b.reader && a.modality === b.modality),
    cov3: mean((a, b) => a.reader !== b.reader && a.modality !== b.modality),
  };
}

/** Mean squares of the readers' results. */
export interface MeanSquares {
  readonly modality: number;
  /** Between readers; within modalities where readers are nested. */
  readonly reader: number;
  /** 0 where readers are nested. */
  readonly interaction: number;
}

/** Two-way analysis of variance with one value per cell, or one-way with readers nested in modalities. */
export function meanSquares(cells: readonly CellFigure[], { modalities, readers, crossed }: Layout): MeanSquares {
  const average = (list: readonly CellFigure[]): number => list.reduce((sum, cell) => sum + cell.estimate, 0) / list.length;
  const mean = average(cells);
  const ofModality = new Map<Key, number>(
    modalities.map((modality) => [modality, average(cells.filter((cell) => cell.modality === modality))]),
  );
  const betweenModalities = cells.reduce((sum, cell) => sum + (ofModality.get(cell.modality)! - mean) ** 2, 0);
  const modality = modalities.length > 1 ? betweenModalities / (modalities.length - 1) : 0;
  if (!crossed) {
    const within = cells.reduce((sum, cell) => sum + (cell.estimate - ofModality.get(cell.modality)!) ** 2, 0);
    return { modality, reader: within / (cells.length - modalities.length), interaction: 0 };
  }
  const ofReader = new Map<Key, number>(
    readers.map((reader) => [reader, average(cells.filter((cell) => cell.reader === reader))]),
  );
  const betweenReaders = cells.reduce((sum, cell) => sum + (ofReader.get(cell.reader)! - mean) ** 2, 0);
  const residual = cells.reduce(
    (sum, cell) => sum + (cell.estimate - ofReader.get(cell.reader)! - ofModality.get(cell.modality)! + mean) ** 2,
    0,
  );
  const df = (modalities.length - 1) * (readers.length - 1);
  return { modality, reader: betweenReaders / (readers.length - 1), interaction: df > 0 ? residual / df : 0 };
}
