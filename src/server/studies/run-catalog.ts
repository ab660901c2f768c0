import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Selectable } from "kysely";
import type { StudyResults, TaskRecord } from "../../study/index.js";
import { DataError } from "../../base/index.js";
import { notFound } from "../http/refusal.js";
import type { Store } from "../store/store.js";
import type { StudyTable } from "../store/tables.js";
import { findRuns } from "./find-runs.js";
import { indexRun } from "./index-run.js";
import { LatestUsed } from "./latest-used.js";

export type StudyRow = Selectable<StudyTable>;

/** Time between two looks at the disk. */
const lookEveryMs = 3000;

/** The runs in and below the server's folder, as they are on disk now. */
export class RunCatalog {
  readonly root: string;
  readonly #store: Store;
  readonly #say: (message: string, error: unknown) => void;
  readonly #results = new LatestUsed<string, Promise<StudyResults>>(8);
  readonly #records = new LatestUsed<string, Promise<TaskRecord>>(12);
  #looking: Promise<void> | undefined;
  #lookedAt = 0;

  constructor(store: Store, root: string, say: (message: string, error: unknown) => void) {
    this.#store = store;
    this.root = root;
    this.#say = say;
  }

  /**
   * Takes in what has come or changed since the last look. Only the first look, and one that is forced, is waited for: a list is there
   * at once, and what has just come to lie on the disk is in the next one.
   */
  async look({ force = false }: { readonly force?: boolean } = {}): Promise<void> {
    const isFirst = this.#lookedAt === 0;
    if (!force && Date.now() - this.#lookedAt < lookEveryMs) return;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      this.#lookedAt = Date.now();
    });
    if (isFirst || force) return this.#looking;
    void this.#looking.catch((error: unknown) => this.#say("the folder could not be read", error));
  }

  /** Waits for a look that was begun. */
  async idle(): Promise<void> {
    await this.#looking?.catch(() => {});
  }

  async #look(): Promise<void> {
    const known = new Map((await this.#store.db.selectFrom("studies").select(["folder", "stamp"]).execute()).map(({ folder, stamp }) => [folder, stamp]));
    for (const run of await findRuns(this.root)) {
      if (known.get(run.folder) === run.stamp) continue;
      try {
        await indexRun(this.#store, { root: this.root, run });
      } catch (error) {
        this.#say("a run could not be read", error);
      }
    }
  }

  /** @throws Refusal 404 */
  async row(study: string): Promise<StudyRow> {
    const row = await this.#store.db.selectFrom("studies").selectAll().where("id", "=", study).where("removed", "=", 0).executeTakeFirst();
    if (row === undefined) throw notFound("study");
    return row;
  }

  folderOf({ folder }: Pick<StudyRow, "folder">): string {
    return path.join(this.root, folder);
  }

  /** Results of a study, or undefined where it has none yet. */
  async results(row: StudyRow): Promise<StudyResults | undefined> {
    if (row.stamp === "") return undefined;
    const found = this.#results.get(`${row.id} ${row.stamp}`, async () => JSON.parse(await readFile(path.join(this.folderOf(row), "results.json"), "utf8")) as StudyResults);
    return found.catch(() => undefined);
  }

  /** What one task left: predictions and maps of a fold. */
  async record(row: StudyRow, { cell, seed, fold }: { readonly cell: string; readonly seed: number; readonly fold: number }): Promise<TaskRecord | undefined> {
    const file = path.join(this.folderOf(row), "tasks", ...cell.split("/"), `seed-${seed}`, `fold-${fold}`, "task.json");
    const found = this.#records.get(`${file} ${row.stamp}`, async () => {
      // Written and checked by the run itself; what is damaged shows in the shape of what is asked of it.
      const record = JSON.parse(await readFile(file, "utf8")) as TaskRecord;
      if (record.format !== 1 || !Array.isArray(record.predictions)) throw new DataError("task-record", "task.json: expected a task's record, got another structure. Run the study again.");
      return record;
    });
    return found.catch(() => undefined);
  }
}
