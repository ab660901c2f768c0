import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import readline from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { sql, type Kysely } from "kysely";
import { DataError, InputError } from "../../base/index.js";
import { system } from "../audit/chain.js";
import { migrate, schemaVersion } from "./migrate.js";
import type { FileStore } from "./files.js";
import { Store, type StoreOptions } from "./store.js";
import type { TableName, Tables } from "./tables.js";

/** Every table, in the order in which it is written and read. */
export const tableNames = [
  "facts", "users", "sessions", "tokens", "passkeys", "links", "audit", "studies", "study_cases", "predictions", "datasets", "data_cases", "label_changes", "uploads", "files", "models", "model_changes", "annotations", "readings", "assignments", "items", "reads",
] as const satisfies readonly TableName[];
type Named = (typeof tableNames)[number];
/** Does not compile where a table is forgotten. */
const all: Exclude<TableName, Named> extends never ? true : never = true;
void all;

/** Columns that name a row, so that a table is read in pages. */
const keys: Readonly<Record<Named, readonly string[]>> = {
  facts: ["name"], users: ["id"], sessions: ["id"], tokens: ["id"], passkeys: ["id"], links: ["token_hash"], audit: ["sequence"], studies: ["id"], study_cases: ["study_id", "key"], predictions: ["study_id", "cell", "seed", "case_key"], datasets: ["id"], data_cases: ["dataset_id", "key"], label_changes: ["id"], uploads: ["id"], files: ["sha256"], models: ["id"], model_changes: ["id"], annotations: ["id"], readings: ["id"], assignments: ["id"], items: ["id"], reads: ["item_id"],
};

const pageSize = 2000;
const pieceSize = 3 * 256 * 1024;
const format = "osteon-backup";

async function* rowsOf(db: Kysely<Tables>, table: Named): AsyncGenerator<Record<string, unknown>> {
  const by = keys[table];
  let after: unknown[] | undefined;
  for (;;) {
    let page = db.selectFrom(table).selectAll().limit(pageSize);
    for (const column of by) page = page.orderBy(column as never);
    if (after !== undefined) page = page.where(sql<boolean>`(${sql.join(by.map((column) => sql.ref(column)))}) > (${sql.join(after)})`);
    const rows = (await page.execute()) as Record<string, unknown>[];
    yield* rows;
    if (rows.length < pageSize) return;
    after = by.map((column) => rows.at(-1)![column]);
  }
}

/** Lines of a backup: what it is, every row, every file in pieces, and last a checksum over all lines before. */
async function* linesOf(db: Kysely<Tables>, files: FileStore): AsyncGenerator<string> {
  const hash = createHash("sha256");
  let count = 0;
  const line = (value: unknown): string => {
    const text = `${JSON.stringify(value)}\n`;
    hash.update(text);
    count += 1;
    return text;
  };
  yield line({ format, version: 1, schema: schemaVersion, at: new Date().toISOString() });
  for (const table of tableNames) for await (const row of rowsOf(db, table)) yield line({ table, row });
  for await (const { sha256 } of rowsOf(db, "files")) {
    for await (const piece of (await files.stream(sha256 as string)) as AsyncIterable<Buffer>) for (let i = 0; i < piece.length; i += pieceSize) yield line({ file: sha256, piece: piece.subarray(i, i + pieceSize).toString("base64") });
    yield line({ file: sha256, end: true });
  }
  yield `${JSON.stringify({ lines: count, sha256: hash.digest("hex") })}\n`;
}

export interface BackupSource {
  readonly files: FileStore;
  readonly snapshot: <T>(read: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;
}

/**
 * Writes the whole store as it is at one moment to one file, while the server goes on: people, reads, audit log,
 * annotations, corrected labels, uploaded files. Runs and data sets are folders of their own, and are copied as such.
 */
export async function writeBackup({ snapshot, files }: BackupSource, file: string): Promise<void> {
  const temporary = `${file}.tmp`;
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await snapshot((db) => pipeline(Readable.from(linesOf(db, files)), createGzip({ level: 4 }), createWriteStream(temporary, { mode: 0o600 })));
    const handle = await open(temporary, "r+");
    await handle.sync();
    await handle.close();
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

type Line = { readonly format?: string; readonly version?: number; readonly schema?: number; readonly table?: Named; readonly row?: Record<string, unknown>; readonly file?: string; readonly piece?: string; readonly end?: boolean; readonly lines?: number; readonly sha256?: string };

async function* readLines(file: string, name: string): AsyncGenerator<Line> {
  const damaged = (got: string): DataError => new DataError("backup-damaged", `${name}: expected a whole backup, got ${got}. Use another one.`);
  const hash = createHash("sha256");
  let count = 0;
  let isWhole = false;
  const source = createReadStream(file);
  const unpacked = createGunzip();
  source.on("error", (error) => unpacked.destroy(error));
  try {
    for await (const text of readline.createInterface({ input: source.pipe(unpacked), crlfDelay: Infinity })) {
      const line = JSON.parse(text) as Line;
      if (line.lines !== undefined) {
        if (line.lines !== count || line.sha256 !== hash.copy().digest("hex")) throw damaged("one that was changed");
        isWhole = true;
        break;
      }
      if (count === 0 && line.format !== format) throw damaged("another file");
      hash.update(`${text}\n`);
      count += 1;
      yield line;
    }
  } catch (error) {
    throw error instanceof DataError ? error : damaged((error as Error).message);
  }
  if (!isWhole) throw damaged("the beginning of one");
}

const chunk = 200;

/**
 * Brings a backup into an empty store, embedded or PostgreSQL, and brings its schema up to date. The backup is checked as a
 * whole before anything is written. Nobody stays signed in.
 * @throws DataError `backup-damaged`, `schema-newer`; InputError `store-not-empty`
 */
export async function restoreBackup(file: string, options: StoreOptions): Promise<{ readonly rows: number; readonly files: number }> {
  const name = path.basename(file);
  let schema = 0;
  for await (const line of readLines(file, name)) if (line.schema !== undefined) ({ schema } = line);
  if (schema > schemaVersion) throw new DataError("schema-newer", `${name}: expected schema ${schemaVersion} or older, got ${schema}. Use the version of Osteon that wrote it, or a newer one.`);
  const store = await Store.open({ ...options, schema });
  try {
    if ((await store.db.selectFrom("users").select("id").limit(1).executeTakeFirst()) !== undefined || (await store.db.selectFrom("audit").select("sequence").limit(1).executeTakeFirst()) !== undefined) {
      throw new InputError("store-not-empty", `restore: expected an empty store, got one with people in it. Choose another folder or database.`);
    }
    const counts = { rows: 0, files: 0 };
    await store.write(async ({ tx }) => {
      let waiting: Record<string, unknown>[] = [];
      let table: Named | undefined;
      const flush = async (): Promise<void> => {
        if (table !== undefined && waiting.length > 0) await tx.insertInto(table).values(waiting).execute();
        waiting = [];
      };
      for await (const line of readLines(file, name)) {
        if (line.table === undefined || line.row === undefined || line.table === "sessions") continue;
        if (line.table !== table || waiting.length >= chunk) await flush();
        ({ table } = line);
        waiting.push(line.row);
        counts.rows += 1;
      }
      await flush();
    });
    counts.files = await restoreFiles(file, name, store);
    await migrate(store);
    await store.record({ actor: system, action: "backup.restore", subject: name, details: counts });
    return counts;
  } finally {
    await store.close();
  }
}

async function restoreFiles(file: string, name: string, store: Store): Promise<number> {
  let pieces: Buffer[] = [];
  let count = 0;
  let stream: Readable | undefined;
  let kept: Promise<unknown> | undefined;
  for await (const line of readLines(file, name)) {
    if (line.file === undefined) continue;
    if (stream === undefined) {
      stream = new Readable({ read: () => {} });
      kept = store.files.putStream(stream, line.file);
    }
    if (line.piece !== undefined) pieces.push(Buffer.from(line.piece, "base64"));
    for (const piece of pieces) stream.push(piece);
    pieces = [];
    if (line.end === true) {
      stream.push(null);
      await kept;
      stream = undefined;
      count += 1;
    }
  }
  return count;
}

