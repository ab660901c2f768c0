import { mkdir, readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import Database from "libsql";
import { InputError } from "../../base/index.js";
import { writeJsonAtomic } from "../../files/index.js";
import { sayDatabase } from "./open-database.js";

export interface Holder {
  readonly process: number;
  readonly host: string;
  readonly since: string;
  /** Where it answers, once it does. */
  readonly address?: string;
}

export interface Hold {
  /** Tells others where the server answers. */
  say(address: string): Promise<void>;
  release(): Promise<void>;
}

const me = (): Holder => ({ process: process.pid, host: os.hostname(), since: new Date().toISOString() });

function refuse(subject: string, holder: Holder | undefined): InputError {
  const who = holder === undefined ? "another server" : `the server of process ${holder.process} on ${holder.host}${holder.address === undefined ? "" : ` at ${holder.address}`}, since ${holder.since}`;
  return new InputError("store-in-use", `${subject}: expected a store that no other server uses, got one held by ${who}. Use that one, end it, or choose another folder.`);
}

/**
 * Takes the store of a folder for this process. The lock is the kernel's, on a file of its own: it ends with the process,
 * however that ends, and no number of a process has to be guessed at.
 * @throws InputError `store-in-use` naming the holder
 */
export async function holdFolder(folder: string): Promise<Hold> {
  await mkdir(folder, { recursive: true });
  const words = path.join(folder, "holder.json");
  const lock = new Database(path.join(folder, "holder.lock"));
  try {
    lock.pragma("busy_timeout = 0");
    lock.exec("begin exclusive");
  } catch {
    lock.close();
    throw refuse(folder, JSON.parse(await readFile(words, "utf8").catch(() => "null")) ?? undefined);
  }
  const holder = me();
  await writeJsonAtomic(words, holder);
  return {
    say: (address) => writeJsonAtomic(words, { ...holder, address }),
    release: async () => {
      lock.exec("rollback");
      lock.close();
    },
  };
}

/** Any number that nothing else in the database uses: "osteon" in ASCII. */
const advisoryKey = 0x6f7374656f6e;

/**
 * The same for a PostgreSQL database: an advisory lock of a connection that stays open.
 * @param onLost called where the connection breaks, so that two servers never write the same audit log
 * @throws InputError `store-in-use` naming the holder
 */
export async function holdDatabase(url: string, onLost: (reason: string) => void): Promise<Hold> {
  const { default: pg } = await import("pg");
  const holder = me();
  const client = new pg.Client({ connectionString: url, application_name: `osteon ${holder.process} ${holder.host} ${holder.since}`.slice(0, 63), keepAlive: true });
  let isReleased = false;
  client.on("error", (error) => {
    if (!isReleased) onLost(error.message);
  });
  await client.connect();
  const { rows } = await client.query<{ got: boolean }>("select pg_try_advisory_lock($1) as got", [advisoryKey]);
  if (!rows[0]!.got) {
    const found = await client.query<{ name: string }>("select a.application_name as name from pg_locks l join pg_stat_activity a on a.pid = l.pid where l.locktype = 'advisory' and l.granted and (l.classid::bigint << 32 | l.objid::bigint) = $1 and a.datname = current_database()", [advisoryKey]);
    await client.end();
    const [, pid, host, since] = /^osteon (\d+) (\S+) (\S+)$/.exec(found.rows[0]?.name ?? "") ?? [];
    throw refuse(sayDatabase(url), pid === undefined ? undefined : { process: Number(pid), host: host!, since: since! });
  }
  return {
    say: async () => {},
    release: async () => {
      isReleased = true;
      await client.end();
    },
  };
}
