import path from "node:path";
import { csvText } from "../../base/index.js";
import type { Box } from "../../images/index.js";
import { writeFileAtomic } from "../../files/index.js";
import { notFound } from "../http/refusal.js";
import type { Store } from "../store/store.js";
import { fromPlace } from "./places.js";

interface DataPlaces {
  readonly root: string;
  readonly store: Store;
}

interface Stored {
  readonly fields: Readonly<Record<string, string>>;
  readonly beside: Readonly<Record<string, string>>;
}

/** The table of a data set with the labels as they are now. Files are named as seen from `folder`, or as they were imported. */
export async function tableOf(places: DataPlaces, id: string, folder?: string): Promise<string> {
  const rows = await places.store.db.selectFrom("data_cases").selectAll().where("dataset_id", "=", id).orderBy("name").execute();
  const stored = rows.map(({ fields }) => JSON.parse(fields) as Stored);
  const taken = new Set(["file", "label", "patient", "boxes", "imported_label"]);
  const columns = [...new Set(stored.flatMap(({ fields, beside }) => [...Object.keys(beside), ...Object.keys(fields)]))].filter((column) => !taken.has(column.toLowerCase()));
  const hasPatients = rows.some(({ patient }) => patient !== null);
  const hasBoxes = rows.some(({ boxes }) => boxes !== null);
  const sayBoxes = (boxes: string | null): string => (boxes === null ? "" : (JSON.parse(boxes) as Box[]).map(({ row, column, height, width }) => `${row} ${column} ${height} ${width}`).join(";"));
  const fileOf = (file: string, name: string): string => (folder === undefined ? name : path.relative(folder, fromPlace(places, file)));
  return csvText([
    ["file", "label", "imported_label", ...(hasPatients ? ["patient"] : []), ...(hasBoxes ? ["boxes"] : []), ...columns],
    ...rows.map((row, i) => {
      const { fields, beside } = stored[i]!;
      const cell = (column: string): string => (column === "region" && beside["region"] !== undefined ? fileOf(beside["region"], path.basename(beside["region"])) : (beside[column] ?? fields[column] ?? ""));
      return [fileOf(row.file, row.name), row.label, row.imported_label, ...(hasPatients ? [row.patient ?? ""] : []), ...(hasBoxes ? [sayBoxes(row.boxes)] : []), ...columns.map(cell)];
    }),
  ]);
}

/** Table or folder to run a study on: the source itself, or, where labels were corrected, a table that says so. */
export async function dataPathOf(places: DataPlaces, id: string): Promise<string> {
  const { store } = places;
  const set = await store.db.selectFrom("datasets").selectAll().where("id", "=", id).where("removed", "=", 0).where("state", "=", "ready").executeTakeFirst();
  if (set === undefined) throw notFound("data set");
  const changed = await store.db.selectFrom("data_cases").select("key").where("dataset_id", "=", id).whereRef("label", "!=", "imported_label").limit(1).executeTakeFirst();
  if (changed === undefined) return fromPlace(places, set.path);
  const folder = path.join(store.folder, "datasets", id);
  const file = path.join(folder, "corrected.csv");
  await writeFileAtomic(file, await tableOf(places, id, folder));
  return file;
}
