import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Selectable } from "kysely";
import type { Model, modelRoutes } from "../contract/models.js";
import { sha256OfFile } from "../../files/index.js";
import type { Raw } from "../http/answer.js";
import { personIn, type Call, type Handlers } from "../http/call.js";
import { readPage } from "../http/paging.js";
import { notFound, refusal } from "../http/refusal.js";
import { newId, now } from "../ids.js";
import type { ModelTable } from "../store/tables.js";
import { modelPath } from "../studies/map-maker.js";
import type { Workbench } from "../workbench.js";

type Row = Selectable<ModelTable>;

async function fileOf({ catalog }: Workbench, row: Row): Promise<string> {
  if (row.study_id === null) throw notFound("model file");
  return modelPath(catalog.folderOf(await catalog.row(row.study_id)), row.path);
}

async function sayModel(bench: Workbench, row: Row): Promise<Model> {
  const { catalog } = bench;
  const study = row.study_id === null ? undefined : await catalog.row(row.study_id).catch(() => undefined);
  const results = study && (await catalog.results(study));
  const fold = results?.cells.find(({ id }) => id === row.cell)?.folds.find((one) => one.seed === row.seed && one.fold === row.fold);
  const bytes = study === undefined ? 0 : await stat(modelPath(catalog.folderOf(study), row.path)).then(({ size }) => size, () => 0);
  return {
    id: row.id, name: row.name, ...(row.study_id !== null && { study: row.study_id }), ...(row.cell !== null && { cell: row.cell }), ...(row.seed !== null && { seed: row.seed }), ...(row.fold !== null && { fold: row.fold }),
    architecture: row.architecture, labels: JSON.parse(row.labels) as string[], bytes, sha256: row.sha256, state: row.state as Model["state"], changedAt: row.changed_at, ...(fold && { accuracy: fold.performance.accuracy as Model["accuracy"] }),
  };
}

async function find({ store }: Workbench, id: string): Promise<Row> {
  const row = await store.db.selectFrom("models").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw notFound("model");
  return row;
}

async function setState(call: Call<"deployModel"> | Call<"retireModel">, bench: Workbench, state: "deployed" | "retired"): Promise<Model> {
  const row = await find(bench, call.params.model);
  if (state === "deployed") {
    const file = await fileOf(bench, row);
    if ((await sha256OfFile(file).catch(() => "")) !== row.sha256) throw refusal("model-damaged");
  }
  const next = { ...row, state, changed_at: now() };
  await bench.store.write(async ({ tx }) => {
    await tx.updateTable("models").set({ state, changed_at: next.changed_at }).where("id", "=", row.id).execute();
    await tx.insertInto("model_changes").values({ id: newId(), model_id: row.id, at: next.changed_at, by_name: personIn(call).name, state, note: call.body.note }).execute();
  });
  return sayModel(bench, next);
}

export const modelHandlers: Handlers<keyof typeof modelRoutes> = {
  models: async ({ query: { limit, cursor, state, study } }, bench) => {
    await bench.catalog.look();
    let list = bench.store.db.selectFrom("models").selectAll();
    if (state !== undefined) list = list.where("state", "=", state);
    if (study !== undefined) list = list.where("study_id", "=", study);
    const { rows, ...page } = await readPage(list, { limit, cursor, by: ["name", "id"] });
    return { ...page, items: await Promise.all(rows.map((row) => sayModel(bench, row))) };
  },
  model: async ({ params }, bench) => {
    const row = await find(bench, params.model);
    const { readBundle } = await import("../../models/index.js");
    const file = await fileOf(bench, row).catch(() => undefined);
    const bundle = file === undefined ? undefined : await readBundle(file).catch(() => undefined);
    const study = row.study_id === null ? undefined : await bench.catalog.row(row.study_id).catch(() => undefined);
    const card = study && (await readFile(path.join(bench.catalog.folderOf(study), "model-card.md"), "utf8").catch(() => undefined));
    const changes = await bench.store.db.selectFrom("model_changes").selectAll().where("model_id", "=", row.id).orderBy("at").execute();
    return { ...(await sayModel(bench, row)), ...(card !== undefined && { card }), metadata: (bundle?.metadata ?? {}), history: changes.map(({ at, by_name: by, state, note }) => ({ at, by, state, note })) };
  },
  modelFile: async ({ params }, bench): Promise<Raw> => {
    const row = await find(bench, params.model);
    const file = await fileOf(bench, row);
    if (!(await stat(file).then((facts) => facts.isFile(), () => false))) throw notFound("model file");
    return { raw: "file", file, mediaType: "application/octet-stream", name: path.basename(file), etag: `"${row.sha256.slice(0, 32)}"` };
  },
  deployModel: (call, bench) => setState(call, bench, "deployed"),
  retireModel: (call, bench) => setState(call, bench, "retired"),
};
