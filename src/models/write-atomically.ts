import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { DataError, InputError } from "../base/index.js";

/**
 * Writes a file that is either whole or not there: into a new file beside it, flushed to the disk, then renamed over the
 * old one. Whatever fails, the old file stays and the new one is removed.
 * @throws DataError `no-space` @throws InputError `not-writable`
 */
export async function writeAtomically(filePath: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
  const directory = path.dirname(filePath);
  const temporary = path.join(directory, `.${path.basename(filePath)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const handle = await open(temporary, "wx");
    try {
      for await (const chunk of chunks) await handle.writeFile(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, filePath);
    await syncDirectory(directory);
  } catch (error) {
    await rm(temporary, { force: true });
    throw describeWriteError(error, filePath);
  }
}

/** Makes the rename itself durable; systems that cannot open a folder do without. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r").catch(() => undefined);
  if (handle === undefined) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}

/** The reason a file could not be written, for the person who can change it. */
export function describeWriteError(error: unknown, filePath: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new DataError("no-space", `${filePath}: expected room on the disk, got none left. Free some space or choose another folder.`, { cause: error });
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new InputError("not-writable", `${filePath}: expected a folder that can be written, got ${code}. Choose another folder or change its permissions.`, { cause: error });
  }
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new InputError("not-writable", `${filePath}: expected a folder that exists, got none. Create ${path.dirname(filePath)} first.`, { cause: error });
  }
  if (code === "EISDIR") {
    return new InputError("not-writable", `${filePath}: expected the name of a file, got a folder. Remove the folder or choose another name.`, { cause: error });
  }
  return error;
}
