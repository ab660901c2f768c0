import path from "node:path";
import { sql, type Kysely, type Transaction } from "kysely";
import { appendNotes, type AuditNote, type ChainHead } from "../audit/chain.js";
import { DiskFiles, type FileStore } from "./files.js";
import { holdDatabase, holdFolder, type Hold } from "./hold.js";
import { migrate } from "./migrate.js";
import { openDatabase, type DatabaseKind, type OpenedDatabase } from "./open-database.js";
import type { TableName, Tables } from "./tables.js";

export interface StoreOptions {
  /** Folder of the store: embedded database, files, backups. */
  readonly folder: string;
  /** `postgres://...`; the embedded database where left out. */
  readonly database?: string;
  readonly files?: FileStore;
  /** Stop at this schema, for a restore of an older one. */
  readonly schema?: number;
  /** Called where the hold on the store is lost: the server must end. */
  readonly onLost?: (reason: string) => void;
}

/** Within a transaction: what to change, and what the audit log says of it. */
export interface Writing {
  readonly tx: Transaction<Tables>;
  readonly note: (note: AuditNote) => void;
}

interface Waiting {
  readonly work: (writing: Writing) => Promise<unknown>;
  readonly resolve: (made: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Changes that share a transaction at most: one that fails costs the others their time again. */
const mostTogether = 32;

/** Database and files of one server, with one writer at a time. */
export class Store {
  readonly folder: string;
  readonly kind: DatabaseKind;
  readonly db: Kysely<Tables>;
  readonly files: FileStore;
  readonly #opened: OpenedDatabase;
  readonly #holds: readonly Hold[];
  /** Changes that wait for the writer. */
  readonly #waiting: Waiting[] = [];
  #writer: Promise<void> | undefined;
  /** Head of the audit log: nobody else writes it. */
  #head: ChainHead | undefined;

  private constructor(folder: string, opened: OpenedDatabase, files: FileStore, holds: readonly Hold[]) {
    this.folder = folder;
    this.kind = opened.kind;
    this.db = opened.db;
    this.files = files;
    this.#opened = opened;
    this.#holds = holds;
  }

  /**
   * Takes the store for this process and brings its schema up to date.
   * @throws InputError `store-in-use`, `database-url`; DataError `database-unreachable`, `schema-newer`
   */
  static async open({ folder, database, schema, files = new DiskFiles(path.join(folder, "files")), onLost = () => {} }: StoreOptions): Promise<Store> {
    const holds: Hold[] = [await holdFolder(folder)];
    let opened: OpenedDatabase | undefined;
    try {
      opened = await openDatabase(folder, database === undefined ? {} : { database });
      if (database !== undefined) holds.push(await holdDatabase(database, onLost));
      await migrate(opened, schema);
      return new Store(folder, opened, files, holds);
    } catch (error) {
      await opened?.close();
      for (const hold of holds) await hold.release();
      throw error;
    }
  }

  /**
   * Changes the database: one change after another, each all or nothing, with the notes of the audit log in the same
   * transaction. What is acknowledged after it is on disk. Changes that wait together share a transaction; where one of
   * them fails, they are made again one by one, so that `work` may be called twice and changes nothing but the database.
   */
  write<T>(work: (writing: Writing) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (made: unknown) => void, reject });
      this.#writer ??= this.#drain();
    });
  }

  /** Writes a note down and waits until it is on disk. */
  record(note: AuditNote): Promise<void> {
    return this.write(async (writing) => writing.note(note));
  }

  async #drain(): Promise<void> {
    // Those that come in one turn go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#writeTogether(this.#waiting.splice(0, mostTogether));
    this.#writer = undefined;
  }

  async #writeTogether(changes: readonly Waiting[]): Promise<void> {
    let hasFailed = false;
    try {
      const made = await this.db.transaction().execute(async (tx) => {
        const notes: AuditNote[] = [];
        const results: unknown[] = [];
        try {
          for (const { work } of changes) results.push(await work({ tx, note: (note) => notes.push(note) }));
        } catch (error) {
          hasFailed = true;
          throw error;
        }
        return { results, head: await appendNotes(tx, notes, { at: new Date().toISOString(), kind: this.kind, ...(this.#head && { head: this.#head }) }) };
      });
      this.#head = made.head;
      changes.forEach(({ resolve }, i) => resolve(made.results[i]));
    } catch (error) {
      // Whether a transaction that broke off was kept is asked of the database.
      this.#head = undefined;
      if (hasFailed && changes.length > 1) for (const change of changes) await this.#writeTogether([change]);
      else for (const { reject } of changes) reject(error);
    }
  }

  /** Reads the database as it is at one moment, while others go on writing. */
  readonly snapshot = <T>(read: (db: Kysely<Tables>) => Promise<T>): Promise<T> => this.#opened.snapshot(read);

  /** Tells the planner what a table holds, after many rows came at once. */
  async settle(tables: readonly TableName[]): Promise<void> {
    await this.#writer;
    for (const table of tables) await sql`${sql.raw(this.kind === "postgres" ? "vacuum analyze" : "analyze")} ${sql.table(table)}`.execute(this.db);
  }

  async say(address: string): Promise<void> {
    for (const hold of this.#holds) await hold.say(address);
  }

  async close(): Promise<void> {
    await this.#writer;
    await this.#opened.close();
    for (const hold of this.#holds) await hold.release();
  }
}
