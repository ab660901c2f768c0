import { mkdir } from "node:fs/promises";
import path from "node:path";
import { csvText, OsteonError, type OnProgress } from "../../base/index.js";
import { deidentifyFile, encodeDicom, extractFrame, identityOf, parseDicom, type DicomFile, type FoundFile, type OptionName, type Pseudonyms } from "../../dicom/index.js";
import { withFileErrors, writeFileAtomic } from "../../files/index.js";
import { factsOf } from "../header-facts.js";
import type { LabelOf } from "./import-labels.js";
import { planImport, type ImportChoice, type ImportPlan, type PlannedImage } from "./plan-import.js";

export interface ImportOptions extends ImportChoice {
  readonly files: readonly FoundFile[];
  /** Folder that images and table are written to. */
  readonly out: string;
  /** What patients and UIDs are called; left out, the files stay as they are, identity and all. */
  readonly pseudonyms?: Pseudonyms;
  readonly labelOf?: LabelOf;
  readonly skipBad?: boolean;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

export interface Imported {
  readonly counts: ImportPlan["counts"];
  readonly written: number;
  readonly unlabelled: number;
  /** Images with burned-in text that was painted over. */
  readonly masked: number;
  readonly refused: readonly string[];
  /** Table of the data set. */
  readonly table: string;
}

const profile = new Set<OptionName>(["retain-safe-private", "clean-pixels"]);
const columns = ["file", "label", "patient", "unit", "study_instance_uid", "series_instance_uid", "modality", "body_part", "view", "laterality", "manufacturer", "sex", "age", "plane", "slice", "slices"] as const;

/**
 * Takes an export of DICOM files into a data set: the chosen slices, without identity, with a table of where they come from.
 * What the files were called is not kept. Errors count the files in the order of their paths, as paths may name the patient.
 * @throws the first error of a file, unless bad ones are skipped; DataError `file-...`
 */
export async function importDicom(options: ImportOptions): Promise<Imported> {
  const { files, out, pseudonyms, labelOf, skipBad = false, onProgress, signal } = options;
  const refused: string[] = [];
  const numberOf = new Map(files.map((found, i) => [found.path, i + 1]));
  const read = async (found: FoundFile, headerOnly: boolean): Promise<DicomFile | undefined> => {
    try {
      return parseDicom(await found.read(), { name: `file ${numberOf.get(found.path)!} of ${files.length}`, headerOnly });
    } catch (error) {
      if (!(error instanceof OsteonError) || !skipBad) throw error;
      refused.push(error.message);
      return undefined;
    }
  };
  const headers: { path: string; file: DicomFile }[] = [];
  for (const [i, found] of files.entries()) {
    signal?.throwIfAborted();
    onProgress?.({ task: "reading headers", done: i, total: files.length, unit: "files" });
    const file = await read(found, true);
    if (file !== undefined) headers.push({ path: found.path, file });
  }
  const plan = planImport(headers, options);
  const byPath = new Map(files.map((found) => [found.path, found]));
  const names = new Set<string>();
  const rows: (readonly (string | number | undefined)[])[] = [columns];
  let [masked, unlabelled] = [0, 0];
  await withFileErrors(out, () => mkdir(out, { recursive: true }));
  for (const [i, image] of plan.images.entries()) {
    signal?.throwIfAborted();
    onProgress?.({ task: pseudonyms ? "de-identifying" : "copying", done: i, total: plan.images.length, unit: "images" });
    const whole = await read(byPath.get(image.path)!, false);
    if (whole === undefined) continue;
    try {
      const file = image.frame === undefined ? whole : extractFrame(whole, image.frame);
      const cleaned = pseudonyms && deidentifyFile(file, { pseudonyms, options: profile });
      if (cleaned !== undefined && cleaned.masks.length > 0) masked += 1;
      const patient = cleaned?.pseudonym ?? file.dataset.text("PatientID") ?? identityOf(file.dataset).split("\n").at(-1)!;
      const name = freeName(`images/${fileName(cleaned?.instanceUid ?? file.dataset.text("SOPInstanceUID") ?? "image")}`, names);
      await withFileErrors(out, () => mkdir(path.join(out, "images"), { recursive: true }));
      await writeFileAtomic(path.join(out, name), cleaned?.parts ?? (file === whole ? await byPath.get(image.path)!.read() : encodeDicom(file.dataset, file.transferSyntax)));
      const label = labelOf?.({ path: image.path, file });
      if (label === undefined) unlabelled += 1;
      rows.push(rowOf(image, { name, label, patient, file, uidOf: (uid) => (uid === undefined ? undefined : (pseudonyms?.uid(uid) ?? uid)) }));
    } catch (error) {
      if (!(error instanceof OsteonError) || !skipBad) throw error;
      refused.push(error.message);
    }
  }
  const table = path.join(out, "labels.csv");
  await writeFileAtomic(table, csvText(rows));
  return { counts: plan.counts, written: rows.length - 1, unlabelled, masked, refused, table };
}

function fileName(uid: string): string {
  return uid.replaceAll(/[^0-9A-Za-z.]/g, "_").slice(0, 80);
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = `${wanted}.dcm`;
  for (let copy = 2; taken.has(name); copy++) name = `${wanted}-${copy}.dcm`;
  taken.add(name);
  return name;
}

interface RowFacts {
  readonly name: string;
  readonly label: string | undefined;
  readonly patient: string;
  readonly file: DicomFile;
  readonly uidOf: (uid: string | undefined) => string | undefined;
}

function rowOf({ slice, slices, plane, series }: PlannedImage, { name, label, patient, file, uidOf }: RowFacts): readonly (string | number | undefined)[] {
  const seriesUid = uidOf(series);
  const told: Partial<Record<(typeof columns)[number], string | number | undefined>> = {
    ...factsOf(file).fields,
    file: name,
    label,
    patient,
    // The slices of a series are decided on as one.
    unit: slice === undefined ? undefined : seriesUid,
    study_instance_uid: uidOf(file.dataset.text("StudyInstanceUID")),
    series_instance_uid: seriesUid,
    plane,
    slice,
    slices,
  };
  return columns.map((column) => told[column]);
}
