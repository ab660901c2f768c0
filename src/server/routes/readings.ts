import type { readingRoutes } from "../contract/reading.js";
import type { Raw } from "../http/answer.js";
import { checkVersion, personIn, type Handlers } from "../http/call.js";
import { readPage } from "../http/paging.js";
import { notFound, refusal } from "../http/refusal.js";
import { newId, now } from "../ids.js";
import { analyzeReading } from "../reading/analyze.js";
import { checkDesign, findReading, openReading, sayReading, type ReadingRow } from "../reading/designs.js";
import { readsTable } from "../reading/export-reads.js";
import { progressOf } from "../reading/progress.js";
import { itemInFront, ownAssignments, pictureOfItem, showNext, submitRead } from "../reading/read-next.js";

type Analysis = { [key: string]: unknown; metric: string; warnings: string[] };

const toAnalysis = (result: Record<string, unknown>): Analysis => {
  const primary = result["primary"] as { metric?: string } | undefined;
  return { ...result, metric: primary?.metric ?? "", warnings: (result["warnings"] as string[] | undefined) ?? [] };
};

export const readingHandlers: Handlers<keyof typeof readingRoutes> = {
  readings: async ({ query: { limit, cursor } }, { store }) => {
    const { rows, ...page } = await readPage(store.db.selectFrom("readings").selectAll(), { limit, cursor, by: ["created_at", "id"], direction: "desc" });
    return { ...page, items: await Promise.all(rows.map((row) => sayReading(store, row))) };
  },
  makeReading: async (call, bench) => {
    const design = call.body;
    const { labels, cases } = await checkDesign(bench, design);
    const row: ReadingRow = { id: newId(), title: design.title, study_id: design.study, cell: design.cell, state: "draft", version: 1, design: JSON.stringify(design), labels: JSON.stringify(labels), cases, created_at: now(), analysis: null };
    await bench.store.write(({ tx }) => tx.insertInto("readings").values(row).execute());
    call.audit.subject = row.id;
    return sayReading(bench.store, row);
  },
  reading: async ({ params }, { store }) => {
    const row = await findReading(store.db, params.reading);
    return sayReading(store, row);
  },
  changeReading: async (call, bench) => {
    const design = call.body;
    const { labels, cases } = await checkDesign(bench, design);
    await bench.store.write(async ({ tx }) => {
      const row = await findReading(tx, call.params.reading);
      if (row.state !== "draft") throw refusal("reading-state", { expected: "draft", state: row.state });
      checkVersion(call, row.version);
      await tx.updateTable("readings").set({ title: design.title, study_id: design.study, cell: design.cell, design: JSON.stringify(design), labels: JSON.stringify(labels), cases, version: row.version + 1 }).where("id", "=", row.id).execute();
    });
    return sayReading(bench.store, await findReading(bench.store.db, call.params.reading));
  },
  openReading: async ({ params }, bench) => {
    const row = await findReading(bench.store.db, params.reading);
    await checkDesign(bench, JSON.parse(row.design) as never);
    await openReading(bench.store, row);
    return sayReading(bench.store, await findReading(bench.store.db, row.id));
  },
  closeReading: async ({ params }, { store }) => {
    await store.write(async ({ tx }) => {
      const row = await findReading(tx, params.reading);
      if (row.state !== "open") throw refusal("reading-state", { expected: "open", state: row.state });
      await tx.updateTable("readings").set({ state: "closed" }).where("id", "=", row.id).execute();
    });
    return sayReading(store, await findReading(store.db, params.reading));
  },
  removeReading: async ({ params }, { store }): Promise<undefined> => {
    await store.write(async ({ tx }) => {
      const row = await findReading(tx, params.reading);
      if ((await tx.selectFrom("reads").select("item_id").where("reading_id", "=", row.id).limit(1).executeTakeFirst()) !== undefined) throw refusal("reading-has-reads");
      for (const table of ["items", "assignments"] as const) await tx.deleteFrom(table).where("reading_id", "=", row.id).execute();
      await tx.deleteFrom("readings").where("id", "=", row.id).execute();
    });
  },
  readingProgress: async ({ params }, { store }) => progressOf(store, await findReading(store.db, params.reading)),
  readsCsv: async ({ params, query }, { store }): Promise<Raw> => ({ raw: "bytes", bytes: Buffer.from(await readsTable(store, await findReading(store.db, params.reading), query.condition)), mediaType: "text/csv; charset=utf-8", name: "reads.csv" }),
  analyzeReading: async ({ params }, bench) => {
    const row = await findReading(bench.store.db, params.reading);
    const analysis = toAnalysis(await analyzeReading(bench, row));
    await bench.store.write(({ tx }) => tx.updateTable("readings").set({ analysis: JSON.stringify(analysis) }).where("id", "=", row.id).execute());
    return analysis;
  },
  readingAnalysis: async ({ params }, { store }) => {
    const { analysis } = await findReading(store.db, params.reading);
    if (analysis === null) throw notFound("analysis");
    return JSON.parse(analysis) as Analysis;
  },

  assignments: async (call, { store }) => ownAssignments(store, personIn(call)),
  nextItem: async (call, bench) => {
    const { item, assignment } = await showNext(bench, call.params.assignment, personIn(call));
    call.audit.isWritten = true;
    return { ...(item && { item }), assignment };
  },
  itemImage: async (call, bench): Promise<Raw> => {
    const { png } = await pictureOfItem(bench, await itemInFront(bench, call.params.item, personIn(call)));
    const bytes = await png();
    if (bytes === undefined) throw notFound("picture");
    return { raw: "bytes", bytes, mediaType: "image/png" };
  },
  submitRead: async (call, bench) => {
    const acknowledged = await submitRead(bench, call.params.item, personIn(call), call.body);
    call.audit.isWritten = true;
    return acknowledged;
  },
};
