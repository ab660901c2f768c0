import { sql } from "kysely";
import type { CaseDetail } from "../contract/cases.js";
import { notFound } from "../http/refusal.js";
import type { Workbench } from "../workbench.js";
import type { Store } from "../store/store.js";
import { chooseCell, selectCases, type CaseSelection, type ChosenCell } from "./case-selection.js";
import { shapesOf } from "./case-shapes.js";
import { conformalLevel } from "./conformal-sets.js";

/** Neighbours of a case in the list it was opened from, and its place there. */
async function neighboursOf(store: Store, study: string, { chosen, selection, key }: { readonly chosen: ChosenCell; readonly selection: CaseSelection; readonly key: string }): Promise<Pick<CaseDetail, "previous" | "next" | "position" | "total">> {
  const { list, by: [column], direction } = selectCases(store, study, chosen, selection);
  const { total } = await list.clearSelect().select(sql<number>`count(*)`.as("total")).executeTakeFirstOrThrow();
  const here = await list.where("case_key", "=", key).limit(1).executeTakeFirst();
  if (here === undefined) return { total: Number(total) };
  const side = (sign: ">" | "<") => list.where(sql<boolean>`(${sql.ref(column)}, case_key) ${sql.raw(sign)} (${here[column]}, ${key})`);
  const [earlier, later] = direction === "asc" ? (["<", ">"] as const) : ([">", "<"] as const);
  const other = direction === "asc" ? "desc" : "asc";
  const previous = await side(earlier).orderBy(column, other).orderBy("case_key", other).limit(1).executeTakeFirst();
  const next = await side(later).orderBy(column, direction).orderBy("case_key", direction).limit(1).executeTakeFirst();
  const { before } = await side(earlier).clearSelect().select(sql<number>`count(*)`.as("before")).executeTakeFirstOrThrow();
  return { total: Number(total), position: Number(before) + 1, ...(previous && { previous: previous.case_key }), ...(next && { next: next.case_key }) };
}

/** A case with every network's answer. */
export async function sayCase(bench: Workbench, params: { readonly study: string; readonly case: string }, selection: CaseSelection): Promise<CaseDetail> {
  const { store, catalog, files, pictures } = bench;
  const row = await catalog.row(params.study);
  const results = await catalog.results(row);
  const subject = await store.db.selectFrom("study_cases").selectAll().where("study_id", "=", row.id).where("key", "=", params.case).executeTakeFirst();
  if (results === undefined || subject === undefined) throw notFound("case");
  // Picture and map are asked for next: they are made while the rest is looked up.
  void pictures.png(row, results, subject).catch(() => {});
  const predictions = await store.db.selectFrom("predictions").selectAll().where("study_id", "=", row.id).where("case_key", "=", params.case).orderBy("seed").orderBy("cell").execute();
  const models = await store.db.selectFrom("models").select(["id", "cell", "seed", "fold"]).where("study_id", "=", row.id).execute();
  const modelOf = new Map(models.map(({ id, cell, seed, fold }) => [`${cell} ${seed} ${fold}`, id]));
  for (const one of predictions.slice(0, 1)) void catalog.record(row, one);
  const picture = await pictures.facts(row, results, subject);
  const own = (await files.cases(row, results)).get(subject.name);
  const order = new Map(results.cells.map(({ id }, i) => [id, i]));
  const { labels } = results.data;
  const chosen = await chooseCell(store, row.id, selection);
  return {
    key: subject.key,
    study: row.id,
    name: subject.name,
    label: subject.label,
    ...(subject.patient !== null && { patient: subject.patient }),
    labels: [...labels],
    image: { source: picture?.source ?? "none", width: picture?.width ?? 0, height: picture?.height ?? 0, ...(picture?.spacingMm && { spacingMm: [...picture.spacingMm] }), isDicom: picture?.isDicom ?? false },
    region: own === undefined ? [] : await shapesOf(own),
    fields: { ...own?.fields },
    predictions: predictions
      .sort((a, b) => a.seed - b.seed || (order.get(a.cell) ?? 0) - (order.get(b.cell) ?? 0))
      .map((one) => {
        const [probabilities, set] = JSON.parse(one.probabilities) as [number[], number[] | null];
        const model = modelOf.get(`${one.cell} ${one.seed} ${one.fold}`);
        return {
          cell: one.cell, seed: one.seed, fold: one.fold, predicted: one.predicted, correct: one.correct === 1, probabilities,
          ...(set !== null && { conformal: { level: conformalLevel, labels: set.map((k) => labels[k]!) } }),
          ...(one.region_share !== null && { relevance: one.relevance, regionShare: one.region_share }),
          hasMap: true,
          ...(model !== undefined && { model }),
        };
      }),
    method: typeof results.recipe.explanation?.method === "string" ? results.recipe.explanation.method : "grad-cam",
    ...(chosen === undefined ? { total: 0 } : await neighboursOf(store, row.id, { chosen, selection, key: params.case })),
  };
}
