import { InputError } from "../../base/index.js";
import type { Case } from "../dataset.js";

/** Kinds of cases of which every part of a split is to get its share, beside the classes themselves. */
export interface Strata {
  /** `label · column: value`, or a range of values. */
  readonly names: readonly string[];
  /** Position of the column that each stratum is of. */
  readonly columnOf: readonly number[];
  /** Strata of a case, one per column. */
  of(index: number): readonly number[];
}

/** Different values up to which a column of numbers is taken as it is. */
const maxNumbers = 6;
const bins = 4;
/** Different values that a column of words may have: beyond, a part cannot have its share of each. */
const maxWords = 20;

/**
 * Strata of the named columns, each crossed with the class. A column of more than six numbers is cut at its quartiles;
 * an empty cell is a value of its own.
 * @param indices the cases that decide where a column is cut
 * @throws InputError `strata-column` for a column the table lacks or one of too many words
 */
export function strataOf(cases: readonly Case[], indices: readonly number[], columns: readonly string[]): Strata {
  const names: string[] = [];
  const columnOf: number[] = [];
  const numberOf = new Map<string, number>();
  const perCase = new Map<number, number[]>(indices.map((index) => [index, []]));
  columns.forEach((column, c) => {
    const name = valueNamer(cases, indices, column);
    for (const index of indices) {
      const { label } = cases[index]!;
      const key = `${label} · ${column}: ${name(index)}`;
      let number = numberOf.get(key);
      if (number === undefined) {
        number = names.push(key) - 1;
        numberOf.set(key, number);
        columnOf.push(c);
      }
      perCase.get(index)!.push(number);
    }
  });
  return { names, columnOf, of: (index) => perCase.get(index) ?? [] };
}

/** The value of a column in a case; one of the roles, or a free column. */
export function valueOf(one: Case, column: string): string | undefined {
  if (column === "group") return one.group ?? one.fields[column];
  return Object.hasOwn(one.fields, column) ? one.fields[column] : undefined;
}

function valueNamer(cases: readonly Case[], indices: readonly number[], column: string): (index: number) => string {
  const values = new Map(indices.map((index) => [index, valueOf(cases[index]!, column)?.trim()]));
  const known = [...new Set(values.values())];
  if (known.every((value) => value === undefined)) {
    const columns = [...new Set(indices.flatMap((index) => Object.keys(cases[index]!.fields)))].slice(0, 20);
    throw new InputError("strata-column", `strata: expected columns of the table${columns.length > 0 ? ` (${columns.join(", ")})` : ""}, got "${column}". Correct the name or leave it out.`);
  }
  const filled = known.filter((value) => value !== undefined && value !== "");
  if (filled.length > maxNumbers && filled.every((value) => Number.isFinite(Number(value)))) return binner(values);
  if (known.length > maxWords) {
    throw new InputError("strata-column", `strata: expected a column of at most ${maxWords} different words, got ${known.length} in "${column}". Give a coarser column.`);
  }
  return (index) => values.get(index) || "(empty)";
}

function binner(values: ReadonlyMap<number, string | undefined>): (index: number) => string {
  const sorted = [...values.values()].flatMap((value) => (value === undefined || value === "" ? [] : [Number(value)])).sort((a, b) => a - b);
  const cuts = [...new Set(Array.from({ length: bins - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / bins)]!))];
  return (index) => {
    const value = values.get(index);
    if (value === undefined || value === "") return "(empty)";
    const below = cuts.filter((cut) => Number(value) >= cut).length;
    const from = cuts[below - 1];
    const to = cuts[below];
    return from === undefined ? `under ${to}` : to === undefined ? `from ${from}` : `${from} to under ${to}`;
  };
}
