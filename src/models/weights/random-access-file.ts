import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import { DataError, NotFoundError } from "../../base/index.js";
import { requireRange } from "./byte-source.js";
import type { ByteSource } from "./byte-source.js";

/** A file that is read in ranges, each checked against the file's length before memory is set aside for it. */
export class RandomAccessFile implements ByteSource {
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly length: number;

  private constructor(handle: FileHandle, filePath: string, length: number) {
    this.#handle = handle;
    this.#path = filePath;
    this.length = length;
  }

  /** @throws NotFoundError `weights-file-missing` @throws DataError `weights-unreadable` for a folder or a closed door */
  static async open(filePath: string): Promise<RandomAccessFile> {
    const handle = await open(filePath, "r").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") {
        throw new NotFoundError(
          "weights-file-missing",
          `${filePath}: expected a file of weights, found nothing. Check the path, or fetch the file with "osteon weights pull".`,
        );
      }
      throw unreadable(filePath, error.message, error);
    });
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw unreadable(filePath, "not a file");
      return new RandomAccessFile(handle, filePath, stat.size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The file's name, for messages. */
  get name(): string {
    return path.basename(this.#path);
  }

  /** Fresh bytes [start, start + length). */
  async read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    requireRange(this, start, length);
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const chunk = Math.min(length - done, 1 << 26);
      const { bytesRead } = await this.#handle.read(bytes, done, chunk, start + done);
      if (bytesRead === 0) throw unreadable(this.name, `it shrank to ${start + done} bytes while it was read`);
      done += bytesRead;
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function unreadable(name: string, reason: string, cause?: unknown): DataError {
  return new DataError("weights-unreadable", `${name}: expected a readable file of weights, got: ${reason}.`, { cause });
}
