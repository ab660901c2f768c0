import { stat } from "node:fs/promises";
import path from "node:path";
import { sql } from "kysely";
import { askWorker } from "../ask-worker.js";
import type { RunComparison, studyRoutes, StudySummary } from "../contract/studies.js";
import { personIn, type Handlers } from "../http/call.js";
import { likeText, readPage } from "../http/paging.js";
import { notFound, refusal } from "../http/refusal.js";
import { sayCell } from "../studies/say-cell.js";
import { sayStudy, saySummary } from "../studies/say-study.js";
import { listRunFiles, mediaTypeOf, openRunFile } from "../studies/run-files.js";
import { checkRecipe, listRecipes, recipeSchemaJson } from "../studies/recipes.js";
import { sendEvents } from "../studies/send-events.js";
import type { Workbench } from "../workbench.js";

async function summaryOf(bench: Workbench, study: string): Promise<StudySummary> {
  return saySummary(await bench.catalog.row(study), bench.runner.progress(study));
}

export const studyHandlers: Handlers<keyof typeof studyRoutes> = {
  studies: async ({ query: { limit, cursor, state, search } }, { store, catalog, runner }) => {
    await catalog.look();
    let list = store.db.selectFrom("studies").selectAll().where("removed", "=", 0);
    if (state !== undefined) list = list.where("state", "=", state);
    if (search !== undefined) list = list.where(sql<boolean>`lower(title) like ${likeText(search.toLowerCase())} escape '\\'`);
    const { rows, ...page } = await readPage(list, { limit, cursor, by: ["created_at", "id"], direction: "desc" });
    return { ...page, items: rows.map((row) => saySummary(row, runner.progress(row.id))) };
  },
  startStudy: async (call, bench) => {
    const study = await bench.runner.start(call.body, personIn(call));
    call.audit.subject = study;
    return summaryOf(bench, study);
  },
  study: async ({ params }, bench) => {
    await bench.catalog.look();
    return sayStudy(bench, await bench.catalog.row(params.study));
  },
  studyCell: async ({ params, query }, { catalog, store }) => {
    const row = await catalog.row(params.study);
    const results = await catalog.results(row);
    const cell = results?.cells.find(({ id }) => id === query.cell);
    if (results === undefined || cell === undefined) throw notFound("cell");
    return sayCell(cell, await store.db.selectFrom("models").select(["id", "path"]).where("study_id", "=", row.id).execute());
  },
  stopStudy: async ({ params }, bench) => {
    await bench.runner.stop((await bench.catalog.row(params.study)).id);
    return summaryOf(bench, params.study);
  },
  resumeStudy: async (call, bench) => {
    await bench.runner.resume(await bench.catalog.row(call.params.study), personIn(call));
    return summaryOf(bench, call.params.study);
  },
  removeStudy: async ({ params }, { catalog, store, runner }): Promise<undefined> => {
    const row = await catalog.row(params.study);
    if (runner.isActive(row.id)) throw refusal("study-runs");
    await store.write(({ tx }) => tx.updateTable("studies").set({ removed: 1 }).where("id", "=", row.id).execute());
  },
  studyEvents: async (call, bench) => {
    const row = await bench.catalog.row(call.params.study);
    return sendEvents(call, bench, row, await bench.runner.tasks(row).catch(() => []));
  },
  studyTasks: async ({ params }, { catalog, runner }) => runner.tasks(await catalog.row(params.study)),
  taskLog: async ({ params, query }, { catalog, runner }) => {
    const text = await runner.readLog(await catalog.row(params.study), query.task);
    return { raw: "bytes" as const, bytes: Buffer.from(text), mediaType: "text/plain; charset=utf-8" };
  },
  studyFiles: async ({ params }, { catalog }) => listRunFiles(catalog.folderOf(await catalog.row(params.study))),
  studyFile: async (call, { catalog }) => {
    const row = await catalog.row(call.params.study);
    const name = call.params["*"];
    const file = await openRunFile(catalog.folderOf(row), name);
    call.audit.subject = `${row.id}/${name}`;
    const { size, mtimeMs } = await stat(file);
    return { raw: "file" as const, file, mediaType: mediaTypeOf(name), etag: `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`, ...(!name.endsWith(".html") && { name: path.basename(name) }) };
  },
  compareStudies: async (call, { catalog }) => {
    const { query } = call;
    const [a, b] = [await catalog.row(query.a), await catalog.row(query.b)];
    call.audit.subject = `${a.id}/${b.id}`;
    return askWorker<RunComparison>(new URL("../studies/compare-worker.js", import.meta.url), { a: catalog.folderOf(a), b: catalog.folderOf(b) });
  },
  recipes: async (_call, { recipes }) => listRecipes(recipes),
  recipeSchema: () => recipeSchemaJson(),
  checkRecipe: ({ body }) => checkRecipe(body.recipe),
};
