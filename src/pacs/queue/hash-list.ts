import { appendFile, readFile } from "node:fs/promises";

/** Hashes that are known, in a file of one a line; the last lines of it may be lost in a power cut. */
export class HashList {
  readonly #file: string;
  readonly #keys: Set<string>;

  private constructor(file: string, keys: Set<string>) {
    this.#file = file;
    this.#keys = keys;
  }

  static async open(file: string): Promise<HashList> {
    const text = await readFile(file, "utf8").catch(() => "");
    return new HashList(file, new Set(text.split("\n")));
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  async add(keys: readonly string[]): Promise<void> {
    const fresh = keys.filter((key) => !this.#keys.has(key));
    for (const key of fresh) this.#keys.add(key);
    if (fresh.length > 0) await appendFile(this.#file, fresh.map((key) => `${key}\n`).join(""), { mode: 0o600 });
  }
}
