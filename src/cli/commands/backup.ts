import path from "node:path";
import { stat } from "node:fs/promises";
import { DiskFiles, openDatabase, writeBackup } from "../../server/index.js";
import type { Command } from "../contract.js";
import { databaseOf, filesOf, storeOf, storeOptions } from "../store-options.js";

export const backup: Command = {
  description:
    "Writes people, reads, notes, corrected labels, the audit log and uploaded files of a workbench to one file, as they are at one moment; the server may go on meanwhile. Runs and data sets are folders: copy them as such. The same file can be restored into the embedded database or into PostgreSQL.",
  arguments: [{ name: "<file>", description: "file to write" }, { name: "[folder]", description: "folder of the workbench (default: the current one)" }],
  options: [...storeOptions],
  examples: ["osteon backup monday.osteon-backup", "osteon backup /backups/monday.osteon-backup /studies"],
  async run(context, [file, folder], options) {
    const store = storeOf(context.folder, folder, options);
    const target = path.resolve(context.folder, file!);
    const opened = await openDatabase(store, { ...databaseOf(options, context.environment), mustExist: true });
    try {
      const { files = new DiskFiles(path.join(store, "files")) } = await filesOf(options, context.environment, store);
      await writeBackup({ snapshot: opened.snapshot, files }, target);
    } finally {
      await opened.close();
    }
    const { size } = await stat(target);
    if (options["json"] === true) context.out(JSON.stringify({ file: target, bytes: size }));
    else context.out(`${target}  ${(size / 1e6).toFixed(1)} MB`);
  },
};
