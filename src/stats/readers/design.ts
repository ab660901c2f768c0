import { InputError } from "../../base/index.js";
import { collect } from "../resample.js";
import type { Key } from "../resample.js";
import type { Cell, CellFigure } from "./reads.js";

export type ReaderDesign =
  /** All readers read all cases under all modalities. */
  | "factorial"
  /** Readers read all modalities, groups of readers each their own cases. */
  | "split-plot"
  /** As split-plot, each reader alone with cases of his own. */
  | "cases nested in readers"
  /** Readers read all modalities, each modality on its own cases. */
  | "cases nested in modalities"
  /** Every reader reads one modality only. */
  | "readers nested in modalities"
  /** Readers read all modalities, but reads are missing without a pattern. */
  | "partly paired";

export interface Layout {
  readonly design: ReaderDesign;
  readonly modalities: readonly Key[];
  readonly readers: readonly Key[];
  /** Whether each reader read every modality. */
  readonly crossed: boolean;
}

/**
 * Reads the design off the cells.
 * @throws InputError `design` where some readers read all modalities and others only some
 */
export function detectDesign(cells: readonly Cell[]): Layout {
  const layout = layoutOf(cells);
  return layout.crossed ? { ...layout, design: crossedDesign(cells) } : layout;
}

/**
 * The design as the readers' figures alone show it, each over the same cases.
 * @throws InputError `design` as detectDesign
 */
export function layoutOf(cells: readonly CellFigure[]): Layout {
  const modalities = [...new Set(cells.map((cell) => cell.modality))];
  const readers = [...new Set(cells.map((cell) => cell.reader))];
  const perReader = collect(cells.map((cell) => cell.reader)).map((own) => own.length);
  const crossed = cells.length === modalities.length * readers.length;
  if (!crossed && perReader.some((count) => count > 1)) {
    throw new InputError(
      "design",
      `reads: expected every reader under all ${modalities.length} modalities or under one, got ${Math.min(...perReader)} to ${Math.max(...perReader)}. Leave out the readers with gaps.`,
    );
  }
  return { design: crossed ? "factorial" : "readers nested in modalities", modalities, readers, crossed };
}

function crossedDesign(cells: readonly Cell[]): ReaderDesign {
  const sets = cells.map((cell) => new Set(cell.ratings.keys()));
  const same = (i: number, j: number): boolean =>
    sets[i]!.size === sets[j]!.size && [...sets[i]!].every((key) => sets[j]!.has(key));
  const apart = (i: number, j: number): boolean => ![...sets[i]!].some((key) => sets[j]!.has(key));
  let [factorial, withinReader, withinModality, split, alone] = [true, true, true, true, true];
  for (let i = 0; i < cells.length; i++) {
    for (let j = 0; j < i; j++) {
      const equal = same(i, j);
      const disjoint = apart(i, j);
      const [sameReader, sameModality] = [
        cells[i]!.reader === cells[j]!.reader,
        cells[i]!.modality === cells[j]!.modality,
      ];
      factorial &&= equal;
      withinReader &&= sameReader ? equal : true;
      alone &&= sameReader ? equal : disjoint;
      split &&= sameReader ? equal : equal || disjoint;
      withinModality &&= sameModality ? equal : disjoint;
    }
  }
  if (factorial) return "factorial";
  if (withinModality) return "cases nested in modalities";
  if (alone) return "cases nested in readers";
  if (split && withinReader) return "split-plot";
  return "partly paired";
}
