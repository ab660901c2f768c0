import { randomBytes } from "node:crypto";
import { mkdir, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Insertable } from "kysely";
import { DataError, InputError } from "../../base/index.js";
import type { Case, Dataset } from "../../data/index.js";
import type { CheckedBody } from "../contract/routes.js";
import { notFound } from "../http/refusal.js";
import { derivedId } from "../ids.js";
import type { DataCaseTable } from "../store/tables.js";
import type { Workbench } from "../workbench.js";
import { fetchStudy } from "./fetch-study.js";
import { unpackArchive } from "./unpack-archive.js";

export type ImportBody = CheckedBody<"importDataSet">;

/** Path below the server's folder. @throws Refusal 404 for one that leads out of it */
export async function pathBelow(root: string, asked: string): Promise<string> {
  if (asked.includes("\0")) throw notFound("path");
  const [top, found] = [await realpath(root), await realpath(path.resolve(root, asked)).catch(() => undefined)];
  if (found === undefined || (found !== top && !found.startsWith(top + path.sep)) || found.slice(top.length).split(path.sep).some((part) => part.startsWith("."))) throw notFound("path");
  return found;
}

/** Secret of this store that pseudonyms come from, so that one patient has one name in every import. */
async function pseudonymKey(folder: string): Promise<Uint8Array> {
  const file = path.join(folder, "pseudonyms.key");
  const found = await readFile(file).catch(() => undefined);
  if (found !== undefined) return found;
  const key = randomBytes(32);
  await writeFile(file, key, { mode: 0o600, flag: "wx" });
  return key;
}

/** DICOM files become a table of images without identity, in the store. */
async function takeDicom(bench: Workbench, source: string, { out, skipBad, labelOf }: { readonly out: string; readonly skipBad: boolean; readonly labelOf?: (path: string) => string | undefined }): Promise<string> {
  const [{ importDicom, labelByFolder }, { createPseudonyms, listDicomFiles, parseSliceChoice }] = await Promise.all([import("../../data/index.js"), import("../../dicom/index.js")]);
  const { files } = await listDicomFiles(source);
  if (files.length === 0) throw new DataError("no-dicom", "import: expected DICOM files, got none. Choose another folder or archive.");
  const { table, written } = await importDicom({ files, out, slices: parseSliceChoice("middle"), pseudonyms: createPseudonyms(await pseudonymKey(bench.store.folder)), labelOf: labelOf === undefined ? labelByFolder : (image) => labelOf(image.path), skipBad });
  if (written === 0) throw new DataError("no-dicom", "import: expected DICOM images, got none that can be read. Check the files.");
  return table;
}

/** Brings what is imported to a table or folder that can be loaded. */
export async function bringData(bench: Workbench, id: string, body: ImportBody): Promise<string> {
  const { from } = body;
  const skipBad = body.skipBad === true;
  const out = path.join(bench.store.folder, "datasets", id);
  if ("path" in from) {
    const source = await pathBelow(bench.root, from.path);
    return from.kind === "dicom" ? takeDicom(bench, source, { out, skipBad }) : source;
  }
  if (from.kind === "pacs") {
    const fetched = path.join(out, "fetched");
    const studies = [{ study: from.study, label: from.label }, ...(from.more ?? [])];
    try {
      for (const [i, { study }] of studies.entries()) await fetchStudy(bench, { server: from.server, study, folder: path.join(fetched, String(i)) });
      return await takeDicom(bench, fetched, { out: path.join(out, "images"), skipBad, labelOf: (file) => studies[Number(file.split("/")[0])]?.label });
    } finally {
      // What names people does not stay.
      await rm(fetched, { recursive: true, force: true });
    }
  }
  const upload = await bench.store.db.selectFrom("uploads").selectAll().where("id", "=", from.upload).where("state", "=", "complete").executeTakeFirst();
  if (upload?.sha256 === undefined || upload.sha256 === null) throw notFound("upload");
  const file = await bench.store.files.localPath(upload.sha256);
  const { looksLikeZip } = await import("../../dicom/index.js");
  const bytes = await readFile(file);
  if (!looksLikeZip(bytes)) throw new InputError("upload-kind", "upload: expected a ZIP archive of images, of DICOM files, or of a table with its images, got another file. Pack them.");
  await mkdir(out, { recursive: true });
  const unpacked = await unpackArchive(bytes, path.join(out, "unpacked"));
  if (unpacked.dicom > unpacked.others) return takeDicom(bench, unpacked.folder, { out: path.join(out, "images"), skipBad });
  return unpacked.table ?? unpacked.folder;
}

function rowOf(id: string, one: Case): Insertable<DataCaseTable> {
  const { unit, group, split, region } = one;
  const beside = { ...(unit !== undefined && { unit }), ...(group !== undefined && { group }), ...(split !== undefined && { split }), ...(region !== undefined && { region }) };
  return {
    dataset_id: id, key: derivedId("data case", id, one.id), name: one.id, label: one.label, imported_label: one.label, patient: one.patient ?? null, file: one.file, fields: JSON.stringify({ fields: one.fields, beside }),
    boxes: one.boxes === undefined ? null : JSON.stringify(one.boxes), polygons: one.polygons === undefined ? null : JSON.stringify(one.polygons), version: 1,
  };
}

/** What a list shows of a data set. */
export function factsOf(dataset: Dataset): Record<string, unknown> {
  return {
    cases: dataset.cases.length,
    labels: dataset.labels,
    ...(dataset.hasPatients && { patients: new Set(dataset.cases.map(({ patient }) => patient)).size }),
    columns: dataset.columns,
    setAside: dataset.setAside.slice(0, 200),
    warnings: dataset.warnings.map(({ message }) => message).slice(0, 50),
  };
}

const chunk = 500;

/** Loads a data set and puts its cases into the store. */
export async function importDataSet(bench: Workbench, id: string, body: ImportBody): Promise<void> {
  const source = await bringData(bench, id, body);
  if (!(await stat(source).then(() => true, () => false))) throw notFound("path");
  const { loadDataset } = await import("../../data/index.js");
  const dataset = await loadDataset(source, { skipBad: body.skipBad === true, ...(body.labelColumn !== undefined && { columns: { label: body.labelColumn } }) });
  const rows = dataset.cases.map((one) => rowOf(id, one));
  await bench.store.write(async ({ tx }) => {
    await tx.deleteFrom("data_cases").where("dataset_id", "=", id).execute();
    for (let i = 0; i < rows.length; i += chunk) await tx.insertInto("data_cases").values(rows.slice(i, i + chunk)).execute();
    await tx.updateTable("datasets").set({ state: "ready", problem: null, path: source, facts: JSON.stringify(factsOf(dataset)), sha256: dataset.sha256 }).where("id", "=", id).execute();
  });
  await bench.store.settle(["data_cases"]);
}
