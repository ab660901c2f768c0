import { open } from "node:fs/promises";

/**
 * Makes what was created, renamed or removed in a folder survive a power cut.
 * @throws the system's error of a full or broken disk
 */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Windows and some network disks cannot sync a folder; a full or broken disk is another matter.
    if (["EIO", "ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
