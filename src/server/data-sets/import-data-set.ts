import { randomBytes } from "node:crypto";
import { readFile, realpath, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Insertable } from "kysely";
import type { Case } from "../../data/index.js";
import { askWorker } from "../ask-worker.js";
import type { CheckedBody } from "../contract/routes.js";
import { notFound } from "../http/refusal.js";
import { derivedId } from "../ids.js";
import type { Store } from "../store/store.js";
import type { DataCaseTable } from "../store/tables.js";
import type { Workbench } from "../workbench.js";
import { fetchStudy } from "./fetch-study.js";
import { toPlace, type Places } from "./places.js";
import type { DataOrder, PreparedData } from "./prepare-data.js";

export type ImportBody = CheckedBody<"importDataSet">;

/** Path below the server's folder. @throws Refusal 404 for one that leads out of it */
export async function pathBelow(root: string, asked: string): Promise<string> {
  if (asked.includes("\0")) throw notFound("path");
  const [top, found] = [await realpath(root), await realpath(path.resolve(root, asked)).catch(() => undefined)];
  if (found === undefined || (found !== top && !found.startsWith(top + path.sep)) || found.slice(top.length).split(path.sep).some((part) => part.startsWith("."))) throw notFound("path");
  return found;
}

/**
 * Secret of this store that pseudonyms come from, so that one patient has one name in every import. It is in the database, and so in
 * its backups: a restored store goes on with the same names.
 */
async function pseudonymKey(store: Store): Promise<Uint8Array> {
  const found = await store.db.selectFrom("facts").select("value").where("name", "=", "pseudonym-key").executeTakeFirst();
  if (found !== undefined) return Buffer.from(found.value, "base64");
  // Versions before kept it in a file.
  const key = await readFile(path.join(store.folder, "pseudonyms.key")).catch(() => randomBytes(32));
  await store.write(({ tx }) => tx.insertInto("facts").values({ name: "pseudonym-key", value: key.toString("base64") }).execute());
  return key;
}

/** A table of so many bytes is read beside the server. */
const largeBytes = 1_000_000;

async function prepare(order: DataOrder, signal: AbortSignal): Promise<PreparedData> {
  const facts = await stat(order.source).catch(() => {
    throw notFound("path");
  });
  if (order.kind === "as-is" && facts.isFile() && facts.size < largeBytes) return (await import("./prepare-data.js")).prepareData(order);
  return askWorker(new URL("./prepare-worker.js", import.meta.url), order, signal);
}

/** Finds what is to be imported, or fetches it, and brings it to a table or folder that can be loaded. */
async function bringData(bench: Workbench, id: string, body: ImportBody, signal: AbortSignal): Promise<PreparedData> {
  const { from, labelColumn } = body;
  const out = path.join(bench.store.folder, "datasets", id);
  const order = { out, skipBad: body.skipBad === true, key: await pseudonymKey(bench.store), ...(labelColumn !== undefined && { labelColumn }) };
  if ("path" in from) return prepare({ ...order, source: await pathBelow(bench.root, from.path), kind: from.kind === "dicom" ? "dicom" : "as-is" }, signal);
  if (from.kind === "upload") {
    const upload = await bench.store.db.selectFrom("uploads").selectAll().where("id", "=", from.upload).where("state", "=", "complete").executeTakeFirst();
    if (upload?.sha256 === undefined || upload.sha256 === null) throw notFound("upload");
    return prepare({ ...order, source: await bench.store.files.localPath(upload.sha256), kind: "archive" }, signal);
  }
  const fetched = path.join(out, "fetched");
  const studies = [{ study: from.study, label: from.label }, ...(from.more ?? [])];
  try {
    for (const [i, { study }] of studies.entries()) await fetchStudy(bench, { server: from.server, study, folder: path.join(fetched, String(i)) });
    return await prepare({ ...order, source: fetched, kind: "dicom", labels: studies.map(({ label }) => label) }, signal);
  } finally {
    // What names people does not stay.
    await rm(fetched, { recursive: true, force: true });
  }
}

function rowOf(places: Places, id: string, one: Case): Insertable<DataCaseTable> {
  const { unit, group, split, region } = one;
  const beside = { ...(unit !== undefined && { unit }), ...(group !== undefined && { group }), ...(split !== undefined && { split }), ...(region !== undefined && { region: toPlace(places, region) }) };
  return {
    dataset_id: id, key: derivedId("data case", id, one.id), name: one.id, label: one.label, imported_label: one.label, patient: one.patient ?? null, file: toPlace(places, one.file), fields: JSON.stringify({ fields: one.fields, beside }),
    boxes: one.boxes === undefined ? null : JSON.stringify(one.boxes), polygons: one.polygons === undefined ? null : JSON.stringify(one.polygons), version: 1,
  };
}

/** What a list shows of a data set. */
function factsOf({ cases, labels, hasPatients, columns, setAside, warnings }: PreparedData["dataset"]): Record<string, unknown> {
  return {
    cases: cases.length,
    labels,
    ...(hasPatients && { patients: new Set(cases.map(({ patient }) => patient)).size }),
    columns,
    setAside: setAside.slice(0, 200),
    warnings: warnings.map(({ message }) => message).slice(0, 50),
  };
}

const chunk = 500;

/** Loads a data set and puts its cases into the store. */
export async function importDataSet(bench: Workbench, id: string, body: ImportBody, signal: AbortSignal): Promise<void> {
  const { source, dataset } = await bringData(bench, id, body, signal);
  const rows = dataset.cases.map((one) => rowOf(bench, id, one));
  await bench.store.write(async ({ tx }) => {
    await tx.deleteFrom("data_cases").where("dataset_id", "=", id).execute();
    for (let i = 0; i < rows.length; i += chunk) await tx.insertInto("data_cases").values(rows.slice(i, i + chunk)).execute();
    await tx.updateTable("datasets").set({ state: "ready", problem: null, path: toPlace(bench, source), facts: JSON.stringify(factsOf(dataset)), sha256: dataset.sha256 }).where("id", "=", id).execute();
  });
  await bench.store.settle(["data_cases"]);
}
