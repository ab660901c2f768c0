import { mkdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { DataError, InputError } from "../../base/index.js";
import { importDicom, labelByFolder, loadDataset, type Dataset } from "../../data/index.js";
import { createPseudonyms, listDicomFiles, looksLikeZip, parseSliceChoice } from "../../dicom/index.js";
import { unpackArchive } from "./unpack-archive.js";

/** What is to be made a data set of: nothing here needs the database. */
export interface DataOrder {
  readonly source: string;
  /** `as-is`: a table or folder that can be loaded; `dicom`: a folder of DICOM files; `archive`: a ZIP archive of either. */
  readonly kind: "as-is" | "dicom" | "archive";
  /** Folder for what is unpacked and taken over. */
  readonly out: string;
  readonly skipBad: boolean;
  readonly labelColumn?: string;
  /** Secret that pseudonyms come from. */
  readonly key: Uint8Array;
  /** Label of what lies in the folder of each number; by the names of folders where left out. */
  readonly labels?: readonly string[];
}

export interface PreparedData {
  /** Table or folder that was loaded. */
  readonly source: string;
  readonly dataset: Pick<Dataset, "cases" | "labels" | "hasPatients" | "columns" | "setAside" | "sha256"> & { readonly warnings: readonly { readonly message: string }[] };
}

/** Largest archive: it is unpacked from memory. */
const mostArchiveBytes = 2 * 2 ** 30 - 1;

/** DICOM files become a table of images without identity, in the store. */
async function takeDicom(source: string, out: string, { skipBad, labels, key }: DataOrder): Promise<string> {
  const { files } = await listDicomFiles(source);
  if (files.length === 0) throw new DataError("no-dicom", "import: expected DICOM files, got none. Choose another folder or archive.");
  const { table, written } = await importDicom({ files, out, slices: parseSliceChoice("middle"), pseudonyms: createPseudonyms(key), labelOf: labels === undefined ? labelByFolder : (image) => labels[Number(image.path.split("/")[0])], skipBad });
  if (written === 0) throw new DataError("no-dicom", "import: expected DICOM images, got none that can be read. Check the files.");
  return table;
}

async function takeArchive(order: DataOrder): Promise<string> {
  const { size } = await stat(order.source);
  if (size > mostArchiveBytes) throw new InputError("upload-kind", "upload: expected an archive of less than 2 GiB, got a larger one. Send it in parts, or put its files below the server's folder.");
  const bytes = await readFile(order.source);
  if (!looksLikeZip(bytes)) throw new InputError("upload-kind", "upload: expected a ZIP archive of images, of DICOM files, or of a table with its images, got another file. Pack them.");
  await mkdir(order.out, { recursive: true });
  const unpacked = await unpackArchive(bytes, path.join(order.out, "unpacked"));
  return unpacked.dicom > unpacked.others ? takeDicom(unpacked.folder, path.join(order.out, "images"), order) : (unpacked.table ?? unpacked.folder);
}

/** Brings what is imported to a table or folder, and loads it. */
export async function prepareData(order: DataOrder): Promise<PreparedData> {
  const source = order.kind === "as-is" ? order.source : order.kind === "archive" ? await takeArchive(order) : await takeDicom(order.source, path.join(order.out, "images"), order);
  const { cases, labels, hasPatients, columns, setAside, sha256, warnings } = await loadDataset(source, { skipBad: order.skipBad, ...(order.labelColumn !== undefined && { columns: { label: order.labelColumn } }) });
  return { source, dataset: { cases, labels, hasPatients, columns, setAside, sha256, warnings: warnings.map(({ message }) => ({ message })) } };
}
