import { caseSelection, type QueryOf } from "../../../server/contract.js";

export type Selection = Omit<QueryOf<"case">, never>;

/** The part of an address that says which cases; what does not fit is left out. */
export function selectionOf(query: URLSearchParams): Selection {
  const shape = caseSelection.shape;
  const words: Record<string, string> = {};
  for (const key of Object.keys(shape) as (keyof typeof shape)[]) {
    const value = query.get(key);
    if (value !== null && value !== "" && shape[key].safeParse(value).success) words[key] = value;
  }
  return words;
}
