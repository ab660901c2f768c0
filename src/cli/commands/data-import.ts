import { readFile } from "node:fs/promises";
import path from "node:path";
import { InputError, unknownName } from "../../base/index.js";
import { importDicom, labelByFolder, readImportLabels, type LabelOf } from "../../data/index.js";
import { listDicomFiles, parseSliceChoice, readDicomDir, sayChoice } from "../../dicom/index.js";
import { writeJsonAtomic } from "../../files/index.js";
import type { Command, Context, OptionValues } from "../contract.js";
import { readNames } from "../data-options.js";
import { readPseudonyms } from "../read-pseudonyms.js";

const planes = ["sagittal", "coronal", "axial"] as const;

function readPlanes(value: OptionValues[string]): (typeof planes)[number][] | undefined {
  return readNames(value)?.map((name) => planes.find((plane) => plane === name) ?? refusePlane(name));
}

function refusePlane(name: string): never {
  throw unknownName("plane", name, [...planes]);
}

async function readLabels(context: Context, value: OptionValues[string]): Promise<LabelOf | undefined> {
  if (typeof value !== "string") return undefined;
  return value === "folder" ? labelByFolder : readImportLabels(path.resolve(context.folder, value));
}

/** Objects that the index of a medium lists and that are not there. */
async function missingOf(source: string, found: readonly string[]): Promise<{ listed: number; missing: number } | undefined> {
  if (path.basename(source).toUpperCase() !== "DICOMDIR") return undefined;
  const { files } = readDicomDir(await readFile(source));
  const there = new Set(found.map((file) => file.toUpperCase()));
  return { listed: files.length, missing: files.filter((file) => !there.has(file.toUpperCase())).length };
}

export const dataImport: Command = {
  description:
    "Makes a data set of an export: reads every DICOM file of a folder of any depth, a ZIP archive or the folder of a DICOMDIR, sorts series by the position of their slices, takes the slices named, and writes them without identity, with a table labels.csv. " +
    "Patients and UIDs get pseudonyms from the key, text burned in is painted over, and file names are new. To keep the identity, --keep-identity has to be said. Radiographs and other images that are no slices are all taken.",
  arguments: [
    { name: "<source>", description: "folder, ZIP archive, DICOMDIR or DICOM file" },
    { name: "<out>", description: "folder of the data set" },
  ],
  options: [
    { flags: "--labels <table>", description: "CSV with label and StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID, AccessionNumber or PatientID; or: folder, for the first folder of the path" },
    { flags: "--slices <choice>", description: "of each stack of slices: middle, all, or around:N, the N around the middle", default: "middle" },
    { flags: "--planes <names>", description: "only stacks that lie so: sagittal, coronal, axial, separated by commas (default: all)" },
    { flags: "--key-file <file>", description: "secret that pseudonyms and UIDs come from" },
    { flags: "--create-key", description: "make the key file where there is none" },
    { flags: "--keep-identity", description: "copy the files as they are" },
    { flags: "--skip-bad", description: "leave files out that cannot be read, instead of stopping" },
  ],
  examples: [
    "osteon data import export/ dataset/ --labels folder --key-file secret.key --create-key",
    "osteon data import mri.zip dataset/ --labels reports.csv --slices around:3 --planes sagittal --key-file secret.key",
    "osteon data import /media/cd/DICOMDIR dataset/ --key-file secret.key --json",
  ],
  async run(context, [named, folder], options) {
    const keeps = options["keepIdentity"] === true;
    const keyFile = options["keyFile"];
    if (keeps === (typeof keyFile === "string")) throw new InputError("identity", `data import: expected either --key-file FILE, which takes the patient out, or --keep-identity, got ${keeps ? "both" : "neither"}. With --create-key the key is made.`);
    const slices = parseSliceChoice(options["slices"] as string);
    const chosen = readPlanes(options["planes"]);
    const source = path.resolve(context.folder, named!);
    const labelOf = await readLabels(context, options["labels"]);
    const { files, others } = await listDicomFiles(source);
    if (files.length === 0) throw new InputError("no-dicom", `data import: expected DICOM files, got none among ${others} files. Check the path.`);
    const index = await missingOf(source, files.map((file) => file.path));
    const pseudonyms = typeof keyFile === "string" ? await readPseudonyms(context, keyFile, { create: options["createKey"] === true }) : undefined;
    const out = path.resolve(context.folder, folder!);
    const imported = await importDicom({
      files,
      out,
      slices,
      ...(chosen && { planes: chosen }),
      ...(pseudonyms && { pseudonyms }),
      ...(labelOf && { labelOf }),
      skipBad: options["skipBad"] === true,
      onProgress: context.onProgress,
      signal: context.signal,
    });
    const { counts, written, unlabelled, masked, refused } = imported;
    const told = { ...imported, table: path.basename(imported.table), slices: sayChoice(slices), planes: chosen ?? "all", identity: keeps ? "kept" : "removed", otherFiles: others, ...(index && { index }) };
    await writeJsonAtomic(path.join(out, "import.json"), told);
    if (options["json"] === true) return context.out(JSON.stringify(told, null, 2));
    context.out(`${counts.patients} patients, ${counts.studies} studies, ${counts.series} series, ${counts.images} images read; ${others} other files passed over`);
    if (counts.stacks > 0) context.out(`${counts.stacks} series are stacks: ${sayChoice(slices)} of each${counts.otherPlanes > 0 ? `, but of ${counts.otherPlanes} that lie in another plane none` : ""}`);
    context.out(`${written} images written to ${imported.table}, ${keeps ? "identity and all" : `without identity, text painted over in ${masked}`}`);
    if (unlabelled > 0) context.note(`${unlabelled} images have no label yet: fill the column label of the table.`);
    if (index && index.missing > 0) context.note(`DICOMDIR lists ${index.listed} objects, of which ${index.missing} are not there.`);
    for (const reason of refused) context.note(`refused: ${reason}`);
  },
};
