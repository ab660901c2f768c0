import { open, readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { withFileErrors } from "../../files/index.js";
import { looksLikeDicom } from "../parse/parse-dicom.js";
import { looksLikeZip, readZip } from "./read-zip.js";

/** A DICOM file in a folder or archive. */
export interface FoundFile {
  /** Path from where the search began, with forward slashes; inside an archive after `!/`. */
  readonly path: string;
  readonly read: () => Promise<Uint8Array>;
  /** Where it lies on the disk; none inside an archive. */
  readonly file?: string;
}

export interface FileList {
  readonly files: readonly FoundFile[];
  /** Files that are no DICOM. */
  readonly others: number;
}

const deepest = 32;

/**
 * Every DICOM file of a file, folder or ZIP archive, by content and not by name, in the order of the paths. Hidden files and
 * the index DICOMDIR are passed over; where DICOMDIR itself is named, the files of its folder are meant, which it lists.
 * @throws DataError `file-...`, `zip-...`
 */
export async function listDicomFiles(named: string): Promise<FileList> {
  const source = path.basename(named).toUpperCase() === "DICOMDIR" ? path.dirname(named) : named;
  const found: FoundFile[] = [];
  let others = 0;
  const isFolder = (await withFileErrors(source, () => stat(source))).isDirectory();
  const paths = isFolder ? await pathsBelow(source, "", deepest) : [""];
  for (const relative of paths) {
    const file = path.join(source, relative);
    const shown = relative === "" ? path.basename(source) : relative;
    const head = await readHead(file);
    if (head === undefined) others += 1;
    else if (looksLikeZip(head)) {
      const bytes = await withFileErrors(shown, () => readFile(file));
      for (const entry of readZip(bytes, shown)) {
        // A whole entry is unpacked to look at its beginning: archives of images hold little else.
        if (isIndexOrHidden(entry.path) || !looksLikeDicom(entry.read())) others += 1;
        else found.push({ path: `${shown}!/${entry.path}`, read: () => Promise.resolve(entry.read()) });
      }
    } else if (path.basename(file).toUpperCase() === "DICOMDIR") continue;
    else if (looksLikeDicom(head)) found.push({ path: shown, file, read: () => withFileErrors(shown, () => readFile(file)) });
    else others += 1;
  }
  return { files: found, others };
}

function isIndexOrHidden(entry: string): boolean {
  const name = entry.split("/").at(-1)!;
  return name.startsWith(".") || name.toUpperCase() === "DICOMDIR";
}

async function readHead(file: string): Promise<Uint8Array | undefined> {
  try {
    const handle = await open(file, "r");
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

async function pathsBelow(root: string, below: string, depth: number): Promise<string[]> {
  const entries = (await withFileErrors(below === "" ? root : below, () => readdir(path.join(root, below)))).filter((entry) => !entry.startsWith(".")).sort();
  const paths: string[] = [];
  for (const entry of entries) {
    const relative = below === "" ? entry : `${below}/${entry}`;
    const kind = await stat(path.join(root, relative)).catch(() => undefined);
    if (kind?.isDirectory() === true) {
      // Links may run in circles.
      if (depth > 0) paths.push(...(await pathsBelow(root, relative, depth - 1)));
    } else if (kind?.isFile() === true) paths.push(relative);
  }
  return paths;
}
