import { DataError } from "../../base/index.js";
import type { DicomFile } from "../../dicom/index.js";
import { readTable } from "../read-table.js";

/** What a label may be told of, from the finest on. */
const keys = {
  instance: { columns: ["sopinstanceuid", "instance"], keyword: "SOPInstanceUID" },
  series: { columns: ["seriesinstanceuid", "series"], keyword: "SeriesInstanceUID" },
  study: { columns: ["studyinstanceuid", "study"], keyword: "StudyInstanceUID" },
  accession: { columns: ["accessionnumber", "accession"], keyword: "AccessionNumber" },
  patient: { columns: ["patientid", "patient"], keyword: "PatientID" },
} as const;

export type LabelOf = (image: { readonly path: string; readonly file: DicomFile }) => string | undefined;

/** Labels by the first folder of the path. */
export const labelByFolder: LabelOf = ({ path }) => (path.includes("/") ? path.split("/")[0]!.replace(/!$/, "") : undefined);

/**
 * Reads a table with `label` and one of study, series, accession, patient or instance, as the headers have them.
 * @throws DataError `table-...`, `label-key`, `two-labels`
 */
export async function readImportLabels(file: string): Promise<LabelOf> {
  const { name, columns, rows } = await readTable(file);
  const plain = (column: string): string => column.toLowerCase().replaceAll(/[ _-]/g, "");
  const found = Object.values(keys).flatMap(({ columns: names, keyword }) => {
    const column = columns.find((one) => (names as readonly string[]).includes(plain(one)));
    return column === undefined ? [] : [{ column, keyword }];
  })[0];
  const label = columns.find((one) => plain(one) === "label");
  if (found === undefined || label === undefined) {
    throw new DataError("label-key", `${name}: expected a column label and one of StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID, AccessionNumber or PatientID, got ${columns.join(", ")}. Name them so.`);
  }
  const labels = new Map<string, string>();
  for (const { cells, line } of rows) {
    const [key, value] = [cells?.[found.column]?.trim() ?? "", cells?.[label]?.trim() ?? ""];
    if (key === "" || value === "") continue;
    if (labels.has(key) && labels.get(key) !== value) throw new DataError("two-labels", `${name}: expected one label for each ${found.column}, got two (line ${line}). Correct the table.`);
    labels.set(key, value);
  }
  return ({ file: { dataset } }) => labels.get(dataset.text(found.keyword) ?? "");
}
