import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { sha256, writeFileAtomic } from "../../files/index.js";

interface Kept {
  bytes: number;
}

/** Letters before the content: its SHA-256. */
const headBytes = 64;

/**
 * What can be made again and takes its time, on disk: pictures as they are shown, features of cases. Those used longest ago go first.
 * A file that a bad disk or a crash has changed counts as none.
 */
export class DiskCache {
  readonly #folder: string;
  readonly #most: number;
  #sizes: Promise<Map<string, Kept>> | undefined;

  constructor(folder: string, { mostBytes }: { readonly mostBytes: number }) {
    this.#folder = folder;
    this.#most = mostBytes;
  }

  #path(name: string): string {
    return path.join(this.#folder, name.slice(0, 2), name);
  }

  async #read(): Promise<Map<string, Kept>> {
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const names = entries.filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name)).map(({ name }) => name);
    const facts = await Promise.all(names.map(async (name) => ({ name, facts: await stat(this.#path(name)).catch(() => undefined) })));
    return new Map(facts.flatMap(({ name, facts: found }) => (found === undefined ? [] : [{ name, at: found.mtimeMs, bytes: found.size }])).sort((a, b) => a.at - b.at).map(({ name, bytes }) => [name, { bytes }]));
  }

  /**
   * @param key says what it is and how it was made: another way of making it has another key
   * @param make what it answers is kept, unless there is nothing
   */
  async get(key: string, make: () => Promise<Uint8Array | undefined>): Promise<Buffer | undefined> {
    const name = sha256(key);
    const sizes = await (this.#sizes ??= this.#read());
    const found = sizes.get(name);
    if (found !== undefined) {
      sizes.delete(name);
      sizes.set(name, found);
      const file = await readFile(this.#path(name)).catch(() => undefined);
      const content = file?.subarray(headBytes);
      if (content !== undefined && sha256(content) === file!.toString("latin1", 0, headBytes)) return content;
    }
    const made = await make();
    if (made === undefined) return undefined;
    const content = Buffer.from(made.buffer, made.byteOffset, made.byteLength);
    await this.#keep(sizes, name, Buffer.concat([Buffer.from(sha256(content), "latin1"), content]));
    return content;
  }

  /** A disk that is full or read-only keeps nothing, and nobody waits longer for it. */
  async #keep(sizes: Map<string, Kept>, name: string, file: Buffer): Promise<void> {
    if (file.length > this.#most / 4) return;
    try {
      await mkdir(path.dirname(this.#path(name)), { recursive: true });
      await writeFileAtomic(this.#path(name), file);
    } catch {
      return;
    }
    sizes.delete(name);
    sizes.set(name, { bytes: file.length });
    let total = [...sizes.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [oldest, { bytes }] of sizes) {
      if (total <= this.#most) return;
      sizes.delete(oldest);
      await rm(this.#path(oldest), { force: true });
      total -= bytes;
    }
  }
}
