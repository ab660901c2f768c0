import { readFile } from "node:fs/promises";
import { writeJsonAtomic } from "../../files/index.js";

/** Least time between two writes, milliseconds. */
const everyMs = 500;

/** How many objects each study had when it was last looked at, so that a study that is as it was is not looked at again. */
export class StudyMemory {
  readonly #file: string;
  #counts: Map<string, string>;
  #savedAt = 0;
  #isSaved = true;

  private constructor(file: string, counts: Map<string, string>) {
    this.#file = file;
    this.#counts = counts;
  }

  static async open(file: string): Promise<StudyMemory> {
    try {
      const told = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
      return new StudyMemory(file, new Map(Object.entries(told).map(([key, count]) => [key, String(count)])));
    } catch {
      // None yet, or a damaged one: the studies are looked at again.
      return new StudyMemory(file, new Map());
    }
  }

  has(key: string, count: string): boolean {
    return this.#counts.get(key) === count;
  }

  /** Forgets studies that the server names no more. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#counts.keys()) if (!keys.has(key)) this.#counts.delete(key);
  }

  async note(key: string, count: string): Promise<void> {
    this.#counts.set(key, count);
    this.#isSaved = false;
    if (performance.now() - this.#savedAt > everyMs) await this.save();
  }

  async save(): Promise<void> {
    if (this.#isSaved) return;
    this.#savedAt = performance.now();
    this.#isSaved = true;
    await writeJsonAtomic(this.#file, Object.fromEntries(this.#counts));
  }
}
