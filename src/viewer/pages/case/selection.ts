import { caseFilters, caseSorts, type QueryOf } from "../../../server/contract.js";

export type Selection = Omit<QueryOf<"case">, never>;

const includes = (list: readonly string[], value: string): boolean => list.includes(value);
/** Words that say which cases, and which values they take; the server turns anything else away. */
const fits: Readonly<Record<keyof Selection, (value: string) => boolean>> = {
  cell: (value) => value.length <= 300,
  seed: (value) => /^-?\d{1,9}$/.test(value),
  label: (value) => value.length <= 200,
  predicted: (value) => value.length <= 200,
  filter: (value) => includes(caseFilters, value),
  search: (value) => value.length <= 200,
  sort: (value) => includes(caseSorts, value),
};

/** The part of an address that says which cases; what does not fit is left out. */
export function selectionOf(query: URLSearchParams): Selection {
  const words: Record<string, string> = {};
  for (const [key, isFit] of Object.entries(fits)) {
    const value = query.get(key);
    if (value !== null && value !== "" && isFit(value)) words[key] = value;
  }
  return words;
}
