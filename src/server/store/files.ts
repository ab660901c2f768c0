import { createHash, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { Readable } from "node:stream";
import { DataError } from "../../base/index.js";
import { sha256, sha256OfFile, withFileErrors, writeFileAtomic } from "../../files/index.js";

/** Where files lie, named by their content. On disk, or in an S3-compatible store. */
export interface FileStore {
  /** Keeps bytes; the same bytes twice are kept once. @returns their SHA-256 */
  put(bytes: Uint8Array): Promise<string>;
  /** Keeps a file that is there already. @returns its SHA-256 and size */
  putFile(file: string): Promise<{ readonly sha256: string; readonly bytes: number }>;
  /** Keeps what a stream brings. @throws DataError `checksum` where it is not the content expected */
  putStream(stream: Readable, expected?: string): Promise<{ readonly sha256: string; readonly bytes: number }>;
  has(sha256: string): Promise<boolean>;
  /** The bytes, checked. @throws DataError `file-missing`, `file-damaged` */
  get(sha256: string): Promise<Buffer>;
  /** A local path of the checked file, for readers that need one. */
  localPath(sha256: string): Promise<string>;
  /** The checked file as a stream, for backups. */
  stream(sha256: string): Promise<Readable>;
}

const missing = (name: string): DataError => new DataError("file-missing", `file ${name.slice(0, 12)}: expected it in the store, got none. Restore a backup.`);
const damaged = (name: string): DataError => new DataError("file-damaged", `file ${name.slice(0, 12)}: expected content of its SHA-256, got other bytes. Restore a backup.`);

/** Files on disk: `ab/abcdef...`. Every read is checked against the name, so that a bad disk is noticed and not shown. */
export class DiskFiles implements FileStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  path(name: string): string {
    if (!/^[0-9a-f]{64}$/.test(name)) throw missing(name);
    return path.join(this.folder, name.slice(0, 2), name);
  }

  async put(bytes: Uint8Array): Promise<string> {
    const name = sha256(bytes);
    if (!(await this.has(name))) await writeFileAtomic(this.path(name), bytes);
    return name;
  }

  async putFile(file: string): Promise<{ sha256: string; bytes: number }> {
    return this.putStream(createReadStream(file));
  }

  async putStream(stream: Readable, expected?: string): Promise<{ sha256: string; bytes: number }> {
    const temporary = path.join(this.folder, `.${randomBytes(6).toString("hex")}.tmp`);
    await mkdir(this.folder, { recursive: true });
    const hash = createHash("sha256");
    let bytes = 0;
    try {
      await withFileErrors("store", () =>
        pipeline(
          stream,
          async function* (source: AsyncIterable<Buffer>) {
            for await (const chunk of source) {
              hash.update(chunk);
              bytes += chunk.length;
              yield chunk;
            }
          },
          createWriteStream(temporary, { flags: "wx" }),
        ),
      );
      const name = hash.digest("hex");
      if (expected !== undefined && expected !== name) throw new DataError("checksum", `upload: expected SHA-256 ${expected.slice(0, 12)}, got ${name.slice(0, 12)}. Send it again from the beginning.`);
      const handle = await open(temporary, "r+");
      await handle.sync();
      await handle.close();
      await mkdir(path.dirname(this.path(name)), { recursive: true });
      await rename(temporary, this.path(name));
      return { sha256: name, bytes };
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async has(name: string): Promise<boolean> {
    return stat(this.path(name)).then(() => true, () => false);
  }

  async get(name: string): Promise<Buffer> {
    const bytes = await readFile(this.path(name)).catch(() => {
      throw missing(name);
    });
    if (sha256(bytes) !== name) throw damaged(name);
    return bytes;
  }

  async localPath(name: string): Promise<string> {
    const file = this.path(name);
    if (!(await this.has(name))) throw missing(name);
    if ((await sha256OfFile(file)) !== name) throw damaged(name);
    return file;
  }

  async stream(name: string): Promise<Readable> {
    return createReadStream(await this.localPath(name));
  }
}
