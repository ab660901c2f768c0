import pg from "pg";
import { DataError, InputError } from "../../base/index.js";

/** Where a database is, without who asks. */
export function placeOf(database: string): string {
  try {
    const { host, pathname } = new URL(database);
    return `${host}${pathname}`;
  } catch {
    return "the database";
  }
}

function readable(error: unknown, database: string): unknown {
  const { code, message = String(error) } = (error ?? {}) as { code?: string; message?: string };
  const place = placeOf(database);
  if (["ECONNREFUSED", "ENOTFOUND", "ETIMEDOUT", "EHOSTUNREACH", "ECONNRESET", "57P03"].includes(code ?? "")) {
    return new DataError("database-unreachable", `${place}: expected a PostgreSQL server, got ${code}. Start it, or correct --database.`);
  }
  if (["28P01", "28000", "3D000", "42501"].includes(code ?? "")) return new InputError("database-refused", `${place}: expected a database that may be used, got: ${message}. Correct the name or the password in --database.`);
  return error;
}

/** @throws InputError `database-address` */
export function checkAddress(address: string): void {
  if (URL.canParse(address) && /^postgres(ql)?:\/\//.test(address)) return;
  throw new InputError("database-address", "--database: expected an address such as postgres://user:password@host:5432/osteon, got another kind of word. Correct the option.");
}

/** A few connections to PostgreSQL, whose errors name the server and never the password. */
export class Database {
  readonly #pool: pg.Pool;
  readonly #address: string;

  constructor(address: string) {
    this.#address = address;
    this.#pool = new pg.Pool({ connectionString: address, max: 4, connectionTimeoutMillis: 15_000, keepAlive: true, application_name: "osteon" });
    // A connection that breaks while nobody uses it is replaced by the next request.
    this.#pool.on("error", () => undefined);
  }

  // The name and shape that pg-boss asks of a database.
  async executeSql(text: string, values: unknown[] = []): Promise<{ rows: Record<string, unknown>[]; rowCount: number }> {
    try {
      const { rows, rowCount } = await this.#pool.query<Record<string, unknown>>(text, values);
      return { rows, rowCount: rowCount ?? 0 };
    } catch (error) {
      throw readable(error, this.#address);
    }
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
