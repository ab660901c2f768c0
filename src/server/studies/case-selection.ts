import { sql } from "kysely";
import type { z } from "zod";
import type { caseSelection } from "../contract/cases.js";
import { likeText } from "../http/paging.js";
import type { Store } from "../store/store.js";

export type CaseSelection = z.output<typeof caseSelection>;

/** A cell and a seed of a study. */
export interface ChosenCell {
  readonly cell: string;
  readonly seed: number;
}

/** The cell and seed asked for, or the study's first; undefined where there is none such. */
export async function chooseCell({ db }: Store, study: string, { cell, seed }: { readonly cell?: string | undefined; readonly seed?: number | undefined }): Promise<ChosenCell | undefined> {
  let found = db.selectFrom("predictions").select(["cell", "seed"]).where("study_id", "=", study);
  if (cell !== undefined) found = found.where("cell", "=", cell);
  if (seed !== undefined) found = found.where("seed", "=", seed);
  return found.orderBy("cell").orderBy("seed").limit(1).executeTakeFirst();
}

const columns = { name: "name", confidence: "confidence", "-confidence": "confidence", relevance: "relevance", "-relevance": "relevance" } as const;

/** Predictions of a cell under a filter, with the columns that order them. */
export function selectCases({ db }: Store, study: string, { cell, seed }: ChosenCell, { label, predicted, filter, search, sort }: CaseSelection) {
  let list = db.selectFrom("predictions").selectAll().where("study_id", "=", study).where("cell", "=", cell).where("seed", "=", seed);
  if (label !== undefined) list = list.where("label", "=", label);
  if (predicted !== undefined) list = list.where("predicted", "=", predicted);
  if (filter === "wrong") list = list.where("correct", "=", 0);
  if (filter === "right") list = list.where("correct", "=", 1);
  if (filter === "uncertain") list = list.where("uncertain", "=", 1);
  if (filter === "elsewhere") list = list.where("elsewhere", "=", 1);
  if (search !== undefined) list = list.where(sql<boolean>`lower(name) like ${likeText(search.toLowerCase())} escape '\\'`);
  const column = columns[sort];
  // A list by what only some cases have shows those that have it.
  if (column === "relevance") list = list.where("relevance", "is not", null);
  return { list, by: [column, "case_key"] as const, direction: sort.startsWith("-") ? ("desc" as const) : ("asc" as const) };
}
