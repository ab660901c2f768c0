import type { Selectable, Transaction } from "kysely";
import { sql } from "kysely";
import { seededRandom } from "../../base/index.js";
import type { ReadingDesign, ReadingStudy } from "../contract/reading.js";
import { notFound, refusal } from "../http/refusal.js";
import { newId, now } from "../ids.js";
import type { Store } from "../store/store.js";
import type { AssignmentTable, ItemTable, ReadingTable, Tables } from "../store/tables.js";
import type { Workbench } from "../workbench.js";
import { drawCases, drawOrders, type LabelledCase } from "./draw-orders.js";

export type ReadingRow = Selectable<ReadingTable>;

export async function findReading(db: Store["db"] | Transaction<Tables>, id: string): Promise<ReadingRow> {
  const row = await db.selectFrom("readings").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw notFound("reader study");
  return row;
}

const casesOf = (design: ReadingDesign): number => (Array.isArray(design.cases) ? design.cases.length : design.cases.count);

export async function sayReading({ db }: Pick<Store, "db">, row: ReadingRow): Promise<ReadingStudy> {
  const design = JSON.parse(row.design) as ReadingDesign;
  const { done } = await db.selectFrom("reads").select(sql<number>`count(*)`.as("done")).where("reading_id", "=", row.id).where("practice", "=", 0).executeTakeFirstOrThrow();
  const sessions = design.conditions.length;
  return { id: row.id, title: row.title, study: row.study_id, cell: row.cell, state: row.state as ReadingStudy["state"], version: row.version, design, labels: JSON.parse(row.labels) as string[], cases: row.cases, readers: design.readers.length, sessions, createdAt: row.created_at, done: Number(done), total: row.cases * design.readers.length * sessions };
}

/** Checks a design against study, cell, cases and people. @throws Refusal 400, 404, 422 */
export async function checkDesign({ catalog, store }: Workbench, design: ReadingDesign): Promise<{ readonly labels: readonly string[]; readonly cases: number }> {
  const row = await catalog.row(design.study);
  const results = await catalog.results(row);
  if (results === undefined) throw refusal("study-unfinished");
  if (results.data.units !== undefined) throw refusal("reading-units");
  if (!results.cells.some(({ id }) => id === design.cell)) throw notFound("cell");
  const people = await store.db.selectFrom("users").select("id").where("role", "=", "reader").where("state", "!=", "disabled").where("id", "in", design.readers).execute();
  if (new Set(design.readers).size !== design.readers.length || people.length !== design.readers.length) throw refusal("readers");
  const all = await labelledCases(store, design);
  if (Array.isArray(design.cases)) {
    const known = new Set(all.map(({ key }) => key));
    if (new Set(design.cases).size !== design.cases.length || design.cases.some((key) => !known.has(key))) throw refusal("cases");
  }
  if (casesOf(design) + design.practice > all.length) throw refusal("cases-few", { most: all.length, count: casesOf(design) + design.practice });
  return { labels: results.data.labels, cases: casesOf(design) };
}

async function labelledCases({ db }: Pick<Store, "db">, { study, cell }: ReadingDesign): Promise<LabelledCase[]> {
  const rows = await db.selectFrom("predictions").select(["case_key as key", "label"]).where("study_id", "=", study).where("cell", "=", cell).groupBy(["case_key", "label"]).orderBy("case_key").execute();
  return rows;
}

/** Rows inserted by one statement. */
const chunk = 500;

/** Fixes a design: draws cases, orders and conditions, and lets readers begin. */
export async function openReading(store: Store, row: ReadingRow): Promise<void> {
  const design = JSON.parse(row.design) as ReadingDesign;
  const all = await labelledCases(store, design);
  const chosen = Array.isArray(design.cases) ? all.filter(({ key }) => (design.cases as string[]).includes(key)) : drawCases(all, design.cases.count, seededRandom(design.cases.seed, "reading cases"));
  const taken = new Set(chosen.map(({ key }) => key));
  const practice = drawCases(all.filter(({ key }) => !taken.has(key)), design.practice, seededRandom(design.seed, "reading practice"));
  const drawn = drawOrders({ cases: chosen, practice, readers: design.readers, conditions: design.conditions, order: design.order, seed: design.seed });
  const assignments: Selectable<AssignmentTable>[] = [];
  const items: Selectable<ItemTable>[] = [];
  for (const { reader, session, conditions, items: own } of drawn) {
    const id = newId();
    assignments.push({ id, reading_id: row.id, reader_id: reader, session, conditions: JSON.stringify(conditions), opens_at: session === 0 ? now() : null, total: own.length, started_at: null, done_at: null });
    own.forEach((item, position) => items.push({ id: newId(), assignment_id: id, reading_id: row.id, position, practice: item.practice ? 1 : 0, condition: item.condition, case_key: item.key, shown_at: null }));
  }
  await store.write(async ({ tx }) => {
    const { state } = await findReading(tx, row.id);
    if (state !== "draft") throw refusal("reading-state", { expected: "draft", state });
    await tx.updateTable("readings").set({ state: "open" }).where("id", "=", row.id).execute();
    for (let i = 0; i < assignments.length; i += chunk) await tx.insertInto("assignments").values(assignments.slice(i, i + chunk)).execute();
    for (let i = 0; i < items.length; i += chunk) await tx.insertInto("items").values(items.slice(i, i + chunk)).execute();
  });
}
