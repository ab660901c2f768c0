import { open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { DataError, type Warning } from "../../base/index.js";
import { withFileErrors, writeFileAtomic } from "../../files/index.js";
import { decodeCheckpoint, encodeCheckpoint, type CheckpointContent } from "./encode.js";

const current = "checkpoint.osteon";
const previous = "checkpoint.previous.osteon";

async function ignoringAbsence(work: Promise<void>): Promise<void> {
  await work.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}

/**
 * Reads one file, a part at a time.
 * @throws DataError `checkpoint-damaged`, `file-enoent` and the like
 */
async function readCheckpoint(file: string): Promise<CheckpointContent> {
  const handle = await withFileErrors(file, () => open(file));
  try {
    const { size } = await withFileErrors(file, () => handle.stat());
    const read = async (position: number, length: number): Promise<Buffer> => {
      const { buffer } = await withFileErrors(file, () => handle.read(Buffer.allocUnsafe(length), 0, length, position));
      return buffer;
    };
    return await decodeCheckpoint({ length: size, read }, file);
  } finally {
    await handle.close();
  }
}

/**
 * The checkpoints of one run, in a folder of its own. The newest steps back to the second name before its successor is written atomically, so that at every moment
 * a whole checkpoint lies on the disk.
 */
export class CheckpointStore {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /**
   * Returns when the checkpoint is safe on the disk. Steps block the event loop, so that writing behind their back would take longer, not less.
   * @throws DataError `file-enospc` and the like; the checkpoint before is then intact
   */
  async write(content: CheckpointContent): Promise<void> {
    const file = path.join(this.directory, current);
    await withFileErrors(this.directory, () => ignoringAbsence(rename(file, path.join(this.directory, previous))));
    await writeFileAtomic(file, encodeCheckpoint(content));
  }

  /** The newest whole checkpoint, or undefined, with a warning for each damaged one that was passed over. */
  async read(): Promise<{ readonly content: CheckpointContent | undefined; readonly warnings: readonly Warning[] }> {
    await this.#removeTorn();
    const warnings: Warning[] = [];
    for (const name of [current, previous]) {
      const file = path.join(this.directory, name);
      try {
        return { content: await readCheckpoint(file), warnings };
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        if (error.code === "file-enoent") continue;
        if (error.code !== "checkpoint-damaged") throw error;
        warnings.push({ code: error.code, message: error.message });
        // Otherwise the next write would put it in the place of a whole one.
        await rm(file, { force: true });
      }
    }
    return { content: undefined, warnings };
  }

  /** Temporary files of runs that were killed while they wrote. */
  async #removeTorn(): Promise<void> {
    const names = await readdir(this.directory).catch(() => []);
    for (const name of names) {
      if (name.startsWith(`.${current}.`) && name.endsWith(".tmp")) await rm(path.join(this.directory, name), { force: true });
    }
  }

  /** Removes the checkpoints, once their run's result is kept elsewhere. */
  async discard(): Promise<void> {
    for (const name of [current, previous]) await rm(path.join(this.directory, name), { force: true });
  }
}
