import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { withFileErrors } from "./file-error.js";
import { syncFolder } from "./sync-folder.js";

/**
 * Writes a file whole or not at all: to a temporary name in the same folder, synced, then renamed. A reader sees the
 * old content or the new one, whenever the process is killed. Missing folders are made.
 * @param content the whole content, or parts written one after another
 * @throws DataError `file-enospc`, `file-eacces` and so on; the old file is then intact and no temporary file is left
 */
export async function writeFileAtomic(file: string, content: string | Uint8Array | Iterable<Uint8Array>): Promise<void> {
  const folder = path.dirname(file);
  const temporary = path.join(folder, `.${path.basename(file)}.${randomBytes(6).toString("hex")}.tmp`);
  await withFileErrors(file, async () => {
    await mkdir(folder, { recursive: true });
    try {
      const handle = await open(temporary, "wx");
      try {
        const parts = typeof content === "string" ? [Buffer.from(content)] : content instanceof Uint8Array ? [content] : content;
        for (const part of parts) await handle.writeFile(part);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    // The file is there under its name: that it may not outlast a power cut is no reason to say that it is not.
    await syncFolder(folder).catch(() => {});
  });
}

/** Writes a value as indented JSON, atomically. */
export async function writeJsonAtomic(file: string, value: unknown): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify(value, null, 1)}\n`);
}
