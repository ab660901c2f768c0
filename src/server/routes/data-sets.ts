import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { sql, type Selectable } from "kysely";
import type { DataCase, DataSet, dataSetRoutes } from "../contract/data-sets.js";
import { boxesToShapes } from "../data-sets/shapes.js";
import { auditDataSet, sayAudit } from "../data-sets/audit.js";
import { importDataSet, pathBelow } from "../data-sets/import-data-set.js";
import { fromPlace } from "../data-sets/places.js";
import { tableOf } from "../data-sets/table-of.js";
import type { Raw } from "../http/answer.js";
import { versionTag } from "../contract/client.js";
import { personIn, requireVersion, type Handlers } from "../http/call.js";
import { likeText, readPage } from "../http/paging.js";
import { notFound, problemOf, refusal } from "../http/refusal.js";
import { newId, now } from "../ids.js";
import type { Store } from "../store/store.js";
import type { DataCaseTable, DataSetTable } from "../store/tables.js";
import { withoutIdentity } from "../studies/case-image.js";
import { serverHandlers } from "./server.js";
import { uploadHandlers } from "./uploads.js";

type SetRow = Selectable<DataSetTable>;
type CaseRow = Selectable<DataCaseTable>;

async function sayDataSet({ db }: Store, row: SetRow): Promise<DataSet> {
  const facts = JSON.parse(row.facts) as { cases?: number; labels?: string[]; patients?: number; columns?: string[]; setAside?: { file: string; reason: string }[]; warnings?: string[] };
  const counts = await db.selectFrom("data_cases").select(["label", sql<number>`count(*)`.as("n")]).where("dataset_id", "=", row.id).groupBy("label").execute();
  const { changed } = await db.selectFrom("data_cases").select(sql<number>`count(*)`.as("changed")).where("dataset_id", "=", row.id).where("version", ">", 1).executeTakeFirstOrThrow();
  return {
    id: row.id, name: row.name, source: row.source as DataSet["source"], state: row.state as DataSet["state"], ...(row.problem !== null && { problem: row.problem }),
    cases: facts.cases ?? 0, labels: [...new Set([...(facts.labels ?? []), ...counts.map(({ label }) => label)])].sort(), classCounts: Object.fromEntries(counts.map(({ label, n }) => [label, Number(n)])), ...(facts.patients !== undefined && { patients: facts.patients }), columns: facts.columns ?? [],
    setAside: facts.setAside ?? [], warnings: facts.warnings ?? [], sha256: row.sha256, createdAt: row.created_at, changedLabels: Number(changed), audit: row.audit_state as DataSet["audit"],
  };
}

const sayDataCase = (row: CaseRow): DataCase => ({
  key: row.key, name: row.name, label: row.label, ...(row.label !== row.imported_label && { importedLabel: row.imported_label }), ...(row.patient !== null && { patient: row.patient }), fields: (JSON.parse(row.fields) as { fields: Record<string, string> }).fields,
  ...(row.boxes !== null && { boxes: JSON.parse(row.boxes) as DataCase["boxes"] }), ...boxesToShapes(row), version: row.version,
});

async function findSet(db: Store["db"], id: string): Promise<SetRow> {
  const row = await db.selectFrom("datasets").selectAll().where("id", "=", id).where("removed", "=", 0).executeTakeFirst();
  if (row === undefined) throw notFound("data set");
  return row;
}

async function findCase(db: Store["db"], { dataset, case: key }: { readonly dataset: string; readonly case: string }): Promise<CaseRow> {
  await findSet(db, dataset);
  const row = await db.selectFrom("data_cases").selectAll().where("dataset_id", "=", dataset).where("key", "=", key).executeTakeFirst();
  if (row === undefined) throw notFound("case");
  return row;
}

type OwnNames = Exclude<keyof typeof dataSetRoutes, keyof typeof uploadHandlers | keyof typeof serverHandlers>;

const ownHandlers: Handlers<OwnNames> = {
  dataSets: async ({ query: { limit, cursor } }, { store }) => {
    const { rows, ...page } = await readPage(store.db.selectFrom("datasets").selectAll().where("removed", "=", 0), { limit, cursor, by: ["created_at", "id"], direction: "desc" });
    return { ...page, items: await Promise.all(rows.map((row) => sayDataSet(store, row))) };
  },
  importDataSet: async (call, bench) => {
    const { body } = call;
    if ("path" in body.from) await pathBelow(bench.root, body.from.path);
    const id = newId();
    const row: SetRow = { id, name: body.name, source: body.from.kind, state: "importing", problem: null, path: "", facts: "{}", sha256: "", created_at: now(), audit_state: "none", audit: null, removed: 0 };
    await bench.store.write(({ tx }) => tx.insertInto("datasets").values(row).execute());
    bench.jobs.add(
      "import",
      (signal) => importDataSet(bench, id, body, signal),
      async (error) => {
        const { detail, title } = problemOf(error);
        await bench.store.write(({ tx }) => tx.updateTable("datasets").set({ state: "failed", problem: detail ?? title }).where("id", "=", id).execute());
      },
    );
    call.audit.subject = id;
    call.audit.details = { source: body.from.kind };
    return sayDataSet(bench.store, row);
  },
  dataSet: async ({ params }, { store }) => sayDataSet(store, await findSet(store.db, params.dataset)),
  removeDataSet: async ({ params }, { store }): Promise<undefined> => {
    const { id } = await findSet(store.db, params.dataset);
    await store.write(({ tx }) => tx.updateTable("datasets").set({ removed: 1 }).where("id", "=", id).execute());
  },
  dataCases: async ({ params, query: { limit, cursor, label, search, changed, sort } }, { store }) => {
    await findSet(store.db, params.dataset);
    let list = store.db.selectFrom("data_cases").selectAll().where("dataset_id", "=", params.dataset);
    if (label !== undefined) list = list.where("label", "=", label);
    if (changed === "true") list = list.where("version", ">", 1);
    if (changed === "false") list = list.where("version", "=", 1);
    if (search !== undefined) list = list.where(sql<boolean>`lower(name) like ${likeText(search.toLowerCase())} escape '\\'`);
    // A list by what only some cases have shows those that have it.
    if (sort === "patient") list = list.where("patient", "is not", null);
    const { rows, ...page } = await readPage(list, { limit, cursor, by: sort === "name" ? ["name", "key"] : [sort, "name", "key"] });
    return { ...page, items: rows.map(sayDataCase) };
  },
  dataCase: async (call, { store }) => {
    const row = await findCase(store.db, call.params);
    const changes = await store.db.selectFrom("label_changes").selectAll().where("dataset_id", "=", row.dataset_id).where("case_key", "=", row.key).orderBy("at").execute();
    call.reply.header("etag", versionTag(row.version));
    return { ...sayDataCase(row), history: changes.map((one) => ({ at: one.at, by: one.by_name, from: one.from_label, to: one.to_label, reason: one.reason })) };
  },
  dataCaseImage: async ({ params, query }, bench): Promise<Raw> => {
    const { store, pictures } = bench;
    const file = fromPlace(bench, (await findCase(store.db, params)).file);
    const facts = await stat(file).catch(() => {
      throw notFound("picture");
    });
    if (query.format !== "dicom") return { raw: "bytes", bytes: await pictures.pngOfFile(file, `${facts.size} ${facts.mtimeMs}`, { isThumbnail: query.format === "thumbnail" }), mediaType: "image/png" };
    const [bytes, { looksLikeDicom }] = await Promise.all([readFile(file), import("../../dicom/index.js")]);
    if (!looksLikeDicom(bytes)) throw notFound("DICOM file");
    return { raw: "bytes", bytes: await withoutIdentity(bytes), mediaType: "application/dicom", name: "image.dcm" };
  },
  changeLabel: async (call, { store }) => {
    const person = personIn(call);
    const { label, reason, isNew = false } = call.body;
    const changed = await store.write(async ({ tx }) => {
      const row = await findCase(tx, call.params);
      requireVersion(call, row.version);
      // A slip of the keyboard is not a new class.
      if (!isNew && (await tx.selectFrom("data_cases").select("key").where("dataset_id", "=", row.dataset_id).where((either) => either.or([either("label", "=", label), either("imported_label", "=", label)])).limit(1).executeTakeFirst()) === undefined) throw refusal("label-unknown", { label });
      if (label === row.label) throw refusal("label-same");
      const next = { ...row, label, version: row.version + 1 };
      await tx.updateTable("data_cases").set({ label, version: next.version }).where("dataset_id", "=", row.dataset_id).where("key", "=", row.key).execute();
      await tx.insertInto("label_changes").values({ id: newId(), dataset_id: row.dataset_id, case_key: row.key, at: now(), by_id: person.id, by_name: person.name, from_label: row.label, to_label: label, reason }).execute();
      return next;
    });
    call.reply.header("etag", versionTag(changed.version));
    return sayDataCase(changed);
  },
  dataTable: async ({ params }, bench): Promise<Raw> => ({ raw: "bytes", bytes: Buffer.from(await tableOf(bench, (await findSet(bench.store.db, params.dataset)).id)), mediaType: "text/csv; charset=utf-8", name: "labels.csv" }),
  dataAudit: async ({ params }, { store }) => sayAudit(await findSet(store.db, params.dataset)),
  auditDataSet: async ({ params }, bench) => {
    const row = await findSet(bench.store.db, params.dataset);
    if (row.state !== "ready") throw refusal("dataset-state");
    return auditDataSet(bench, row);
  },
  browse: async ({ query }, { root, pacs }) => {
    const folder = await pathBelow(root, query.path);
    const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !name.startsWith(".")).slice(0, 1000);
    const kindOf = (name: string): "csv" | "dicom" | "file" => (/\.csv$/i.test(name) ? "csv" : /\.(dcm|dicom)$/i.test(name) ? "dicom" : "file");
    const items = entries.flatMap((entry): { name: string; kind: "folder" | "csv" | "dicom" | "file" }[] => (entry.isDirectory() ? [{ name: entry.name, kind: "folder" }] : entry.isFile() ? [{ name: entry.name, kind: kindOf(entry.name) }] : []));
    const order = ["folder", "csv", "dicom", "file"];
    return { path: path.relative(await pathBelow(root, ""), folder).split(path.sep).join("/"), items: items.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.name < b.name ? -1 : 1)), pacs: Object.keys(pacs) };
  },
};

export const dataSetHandlers: Handlers<keyof typeof dataSetRoutes> = { ...ownHandlers, ...uploadHandlers, ...serverHandlers };
