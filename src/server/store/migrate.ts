import { sql, type Kysely } from "kysely";
import { DataError } from "../../base/index.js";
import { migrations } from "./migrations/index.js";
import type { OpenedDatabase } from "./open-database.js";
import type { Tables } from "./tables.js";

/** Number of the schema that this version writes. */
export const schemaVersion = migrations.length;

/** Number of the schema in the database; 0 for an empty one. */
export async function readSchema(db: Kysely<Tables>): Promise<number> {
  const tables = await db.introspection.getTables();
  if (!tables.some(({ name }) => name === "osteon_schema")) return 0;
  const { rows } = await sql<{ version: number }>`select version from osteon_schema`.execute(db);
  return Number(rows[0]?.version ?? 0);
}

/**
 * Brings the database to the newest schema, each step in a transaction of its own with the number it leads to: a step is
 * made whole or not at all.
 * @throws DataError `schema-newer` where a later version has written the database
 */
export async function migrate({ db, kind }: Pick<OpenedDatabase, "db" | "kind">, to = schemaVersion): Promise<{ readonly from: number; readonly to: number }> {
  const from = await readSchema(db);
  if (from > schemaVersion) throw new DataError("schema-newer", `database: expected schema ${schemaVersion} or older, got ${from}. Use the version of Osteon that wrote it, or a newer one.`);
  for (let version = from; version < to; version++) {
    await db.transaction().execute(async (step) => {
      if (version === 0) await sql`create table osteon_schema (version bigint not null)`.execute(step);
      await migrations[version]!.up(step as unknown as Kysely<unknown>, kind);
      await sql`delete from osteon_schema`.execute(step);
      await sql`insert into osteon_schema (version) values (${version + 1})`.execute(step);
    });
  }
  return { from, to };
}
