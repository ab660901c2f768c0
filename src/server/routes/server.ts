import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { dataSetRoutes } from "../contract/data-sets.js";
import type { Handlers } from "../http/call.js";
import { writeBackup } from "../store/backup.js";
import { schemaVersion } from "../store/migrate.js";

type Names = Extract<keyof typeof dataSetRoutes, "serverFacts" | "workers" | "backups" | "makeBackup">;

export const serverHandlers: Handlers<Names> = {
  serverFacts: async (_call, { store, version, startedAt, runner }) => ({ version, database: store.kind, schema: schemaVersion, startedAt, executors: runner.executors() }),
  workers: async (_call, { runner }) => runner.workers(),
  backups: async (_call, { store }) => {
    const folder = path.join(store.folder, "backups");
    const names = (await readdir(folder).catch((): string[] => [])).filter((name) => name.endsWith(".osteon-backup")).sort();
    return Promise.all(names.map(async (name) => stat(path.join(folder, name)).then(({ size, mtime }) => ({ name, at: mtime.toISOString(), bytes: size }))));
  },
  makeBackup: async (call, { store }) => {
    const name = `${new Date().toISOString().replaceAll(/[:.]/g, "-")}.osteon-backup`;
    const file = path.join(store.folder, "backups", name);
    await writeBackup(store, file);
    call.audit.subject = name;
    return { name, at: new Date().toISOString(), bytes: (await stat(file)).size };
  },
};
