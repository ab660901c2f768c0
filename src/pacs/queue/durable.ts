import { mkdir, open, rename, rm, statfs } from "node:fs/promises";
import path from "node:path";
import { syncFolder } from "../../files/index.js";

/** Moves a file or folder within one disk; lasting once this returns. The target's folder is made where it is missing. */
export async function moveDurably(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  await rename(from, to);
  await syncFolder(path.dirname(to));
}

/** Writes a new file; lasting but for its folder. What was begun is removed where it fails. */
export async function writeDurably(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(file, "w");
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/** True for errors that say that nothing more fits on the disk. */
export function isDiskFull(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: unknown };
  return ["ENOSPC", "EDQUOT", "file-enospc", "file-edquot"].includes(code ?? "") || (cause !== undefined && isDiskFull(cause));
}

/** Bytes that an ordinary program may still write; undefined where the system does not tell. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
