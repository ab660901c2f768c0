import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Kysely, PostgresDialect, SqliteDialect } from "kysely";
import Database from "libsql";
import { DataError, InputError, NotFoundError } from "../../base/index.js";
import type { Tables } from "./tables.js";

export type DatabaseKind = "sqlite" | "postgres";

export interface OpenedDatabase {
  readonly kind: DatabaseKind;
  readonly db: Kysely<Tables>;
  /** Reads the database as it is at one moment, on a connection of its own, while others go on writing. */
  readonly snapshot: <T>(read: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;
  close(): Promise<void>;
}

/** Name of the embedded database in the folder of the store. */
export const sqliteFile = "workbench.sqlite";

function openSqlite(file: string, { readonly = false }: { readonly readonly?: boolean } = {}): InstanceType<typeof Database> {
  const database = new Database(file, readonly ? { readonly: true } : {});
  if (!readonly) {
    database.pragma("journal_mode = WAL");
    // An acknowledged read outlasts a power cut.
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    // 64 MiB of pages in memory: lists of 100,000 cases come from there.
    database.pragma("cache_size = -65536");
  }
  database.pragma("busy_timeout = 10000");
  return database;
}

const overSqlite = (database: InstanceType<typeof Database>): Kysely<Tables> => new Kysely<Tables>({ dialect: new SqliteDialect({ database: database }) });

/** Hides user and password of a connection string. */
export function sayDatabase(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//");
}

async function openPostgres(url: string): Promise<OpenedDatabase> {
  const { default: pg } = await import("pg");
  // A number that PostgreSQL sends as text because others have no such integers; ours are counts.
  const types = { getTypeParser: (oid: number, format?: "text" | "binary") => (oid === 20 ? Number : pg.types.getTypeParser(oid, format)) };
  const pool = new pg.Pool({ connectionString: url, max: 10, types, connectionTimeoutMillis: 10_000 });
  // A connection that breaks while idle is replaced at the next query.
  pool.on("error", () => {});
  try {
    await pool.query("select 1");
  } catch (error) {
    await pool.end();
    throw new DataError("database-unreachable", `${sayDatabase(url)}: expected a PostgreSQL database, got ${(error as Error).message || "no answer"}. Check --database and that the server runs.`);
  }
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { kind: "postgres", db, snapshot: (read) => db.transaction().setIsolationLevel("repeatable read").execute((tx) => read(tx as unknown as Kysely<Tables>)), close: () => db.destroy() };
}

/**
 * Opens the embedded database in a folder, or the PostgreSQL database at a URL.
 * @param options mustExist: a folder without a store is refused and none is made
 * @throws InputError `database-url`; NotFoundError `no-store`; DataError `database-unreachable`, `database-damaged`
 */
export async function openDatabase(folder: string, { database: url, mustExist = false }: { readonly database?: string; readonly mustExist?: boolean } = {}): Promise<OpenedDatabase> {
  if (url !== undefined) {
    if (!/^postgres(ql)?:\/\//.test(url)) throw new InputError("database-url", `--database: expected postgres://user@host/database, got "${sayDatabase(url).slice(0, 40)}". Correct it, or leave it out for the embedded database.`);
    return openPostgres(url);
  }
  const file = path.join(folder, sqliteFile);
  if (mustExist && !existsSync(file)) throw new NotFoundError("no-store", `${folder}: expected the store of a workbench, got none. Name the folder that osteon serve was started with.`);
  await mkdir(folder, { recursive: true });
  let database: InstanceType<typeof Database>;
  try {
    database = openSqlite(file);
  } catch (error) {
    throw new DataError("database-damaged", `${sqliteFile}: expected a database of Osteon, got ${(error as Error).message}. Restore a backup: osteon restore.`);
  }
  const db = overSqlite(database);
  return {
    kind: "sqlite",
    db,
    snapshot: async (read) => {
      const own = overSqlite(openSqlite(file));
      try {
        return await own.transaction().execute((tx) => read(tx as unknown as Kysely<Tables>));
      } finally {
        await own.destroy();
      }
    },
    close: () => db.destroy(),
  };
}
