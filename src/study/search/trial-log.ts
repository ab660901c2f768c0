import { open, readFile } from "node:fs/promises";
import { z } from "zod";
import { withFileErrors, writeFileAtomic } from "../../files/index.js";

/** One line of the log, as it is read. */
export const trialLineSchema = z.strictObject({
  trial: z.number().int().min(0),
  settings: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
  /** Epochs in all. */
  resource: z.number(),
  /** Null where the trial failed. */
  score: z.number().nullable(),
  standardError: z.number().optional(),
  /** Per inner fold. */
  foldScores: z.array(z.number()),
  seconds: z.number(),
  /** Why it failed. */
  failed: z.string().optional(),
});

/** One line of the log: a trial up to some epochs. */
export type TrialLine = z.infer<typeof trialLineSchema>;

const headSchema = z.strictObject({ format: z.literal(1), key: z.string() });

/** The lines of a log up to the first that is torn or damaged. */
function parseLines(text: string, key: string): TrialLine[] | undefined {
  const [head, ...rest] = text.split("\n");
  const parse = (line: string): unknown => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      return undefined;
    }
  };
  const first = headSchema.safeParse(parse(head ?? ""));
  if (!first.success || first.data.key !== key) return undefined;
  const lines: TrialLine[] = [];
  // What follows the last line feed was not finished.
  for (const line of rest.slice(0, -1)) {
    const parsed = trialLineSchema.safeParse(parse(line));
    if (!parsed.success) break;
    lines.push(parsed.data);
  }
  return lines;
}

/**
 * The trials of one search as JSON lines, the whole state of it: written one by one, each safe on the disk before the next trial begins.
 * A line that a kill tore is dropped and its trial done again, from its checkpoints.
 */
export class TrialLog {
  readonly #file: string;
  readonly #lines: TrialLine[];

  private constructor(file: string, lines: TrialLine[]) {
    this.#file = file;
    this.#lines = lines;
  }

  /**
   * Opens the log of a search, or begins a new one where there is none or one of another search.
   * @param key SHA-256 over all that decides the search
   */
  static async open(file: string, key: string): Promise<TrialLog> {
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? "" : withFileErrors(file, () => Promise.reject(error))));
    const lines = parseLines(text, key) ?? [];
    const whole = [JSON.stringify({ format: 1, key }), ...lines.map((line) => JSON.stringify(line)), ""].join("\n");
    if (whole !== text) await writeFileAtomic(file, whole);
    return new TrialLog(file, lines);
  }

  get lines(): readonly TrialLine[] {
    return this.#lines;
  }

  /** Returns when the line is on the disk. @throws DataError `file-enospc` and the like */
  async append(line: TrialLine): Promise<void> {
    await withFileErrors(this.#file, async () => {
      const handle = await open(this.#file, "a");
      try {
        await handle.appendFile(`${JSON.stringify(line)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
    this.#lines.push(line);
  }
}
