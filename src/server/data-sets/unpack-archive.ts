import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../../base/index.js";

/** What an archive may unpack to: a bomb is refused before it fills the disk. */
const limits = { files: 100_000, bytes: 8 * 2 ** 30, ratio: 200, spare: 64 * 2 ** 20 };

export interface Unpacked {
  readonly folder: string;
  readonly dicom: number;
  readonly others: number;
  /** The table at the top, where there is one alone. */
  readonly table?: string;
}

/** A name inside an archive that stays inside its folder. @throws DataError `zip-path` */
function safeName(name: string): string | undefined {
  const parts = name.replaceAll("\\", "/").split("/").filter((part) => part !== "" && part !== ".");
  if (parts.length === 0 || parts.some((part) => part.startsWith(".") || part === "__MACOSX")) return parts.includes("..") ? refuse() : undefined;
  if (/^[A-Za-z]:|\p{Cc}/u.test(name) || name.startsWith("/") || parts.some((part) => Buffer.byteLength(part) > 200) || parts.length > 20) return refuse();
  return parts.join("/");
}

function refuse(): never {
  throw new DataError("zip-path", "archive: expected names of files inside of it, got one that leads elsewhere. Pack it anew.");
}

/** Unpacks an upload. @throws DataError `zip-...` for a damaged archive, a bomb, or names that lead out of the folder */
export async function unpackArchive(bytes: Uint8Array, folder: string): Promise<Unpacked> {
  const { looksLikeDicom, readZip } = await import("../../dicom/index.js");
  const entries = readZip(bytes, "archive");
  if (entries.length > limits.files) throw new DataError("zip-size", `archive: expected at most ${limits.files} files, got ${entries.length}. Send it in parts.`);
  const most = Math.min(limits.bytes, limits.ratio * bytes.length + limits.spare);
  let [total, dicom, others] = [0, 0, 0];
  await mkdir(folder, { recursive: true });
  for (const entry of entries) {
    const name = safeName(entry.path);
    if (name === undefined) continue;
    const content = entry.read();
    total += content.length;
    if (total > most) throw new DataError("zip-size", `archive: expected at most ${Math.round(most / 2 ** 20)} MiB unpacked, got more. Send it in parts.`);
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content, { flag: "wx" });
    if (looksLikeDicom(content)) dicom += 1;
    else others += 1;
  }
  return { ...(await findTop(folder)), dicom, others };
}

/** Many archives hold one folder that holds all. */
async function findTop(folder: string): Promise<Pick<Unpacked, "folder" | "table">> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.length === 1 && entries[0]!.isDirectory()) {
    const below = path.join(folder, entries[0]!.name);
    const inside = await readdir(below, { withFileTypes: true });
    // A folder of images of one class is the class itself.
    if (inside.some((entry) => entry.isDirectory() || entry.name.toLowerCase().endsWith(".csv"))) return findTop(below);
  }
  const tables = entries.filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith(".csv"));
  return { folder, ...(tables.length === 1 && { table: path.join(folder, tables[0]!.name) }) };
}
