import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { freePort } from "../../files/free-port.testkit.js";

const versions = "/usr/lib/postgresql";

/** Folder of Debian's newest PostgreSQL, with `initdb` and `postgres`. */
function programs(): string | undefined {
  if (!existsSync(versions)) return undefined;
  return readdirSync(versions)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => path.join(versions, version, "bin"))
    .find((folder) => existsSync(path.join(folder, "initdb")) && existsSync(path.join(folder, "postgres")));
}

/** Whom the server runs as: it refuses the superuser. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const of = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: of("-u"), gid: of("-g") };
}

/** Why tests against PostgreSQL are passed over, or false where it is installed. */
export const noPostgres: string | false = programs() === undefined ? "PostgreSQL is not installed" : false;

/** A PostgreSQL of this test alone, in a temporary folder, reachable from this machine only. */
export class Postgres {
  readonly address: string;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(address: string, folder: string, child: ChildProcess) {
    this.address = address;
    this.#folder = folder;
    this.#child = child;
  }

  /** @param options isDurable: what is committed is on the disk, as in use; tests of something else need not wait for it */
  static async start({ isDurable = false }: { readonly isDurable?: boolean } = {}): Promise<Postgres> {
    const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-postgres-"));
    const who = owner();
    if (who) await chown(folder, who.uid, who.gid);
    const [bin, data, port] = [programs()!, path.join(folder, "data"), await freePort()];
    execFileSync(path.join(bin, "initdb"), ["--pgdata", data, "--username=osteon", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"], { ...who, cwd: folder, stdio: "ignore" });
    const settings = { port, listen_addresses: "127.0.0.1", unix_socket_directories: folder, fsync: isDurable ? "on" : "off", shared_buffers: "16MB", max_connections: 60 };
    const child = spawn(path.join(bin, "postgres"), ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])], { ...who, cwd: folder, stdio: "ignore" });
    const address = `postgres://osteon@127.0.0.1:${port}/postgres`;
    for (let attempt = 0; ; attempt++) {
      const client = new pg.Client({ connectionString: address });
      try {
        await client.connect();
        await client.end();
        return new Postgres(address, folder, child);
      } catch (error) {
        if (attempt > 150) throw error;
        await wait(200);
      }
    }
  }

  /** Ends it at once and removes what it wrote. */
  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGQUIT");
    await gone;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
