import path from "node:path";
import { restoreBackup } from "../../server/index.js";
import type { Command } from "../contract.js";
import { databaseOf, filesOf, storeOf, storeOptions } from "../store-options.js";

export const restore: Command = {
  description: "Brings a backup into an empty workbench: another folder, or another database. The backup is checked as a whole first; one of an older version is brought up to date. Everybody signs in anew.",
  arguments: [{ name: "<file>", description: "backup that osteon backup wrote" }, { name: "[folder]", description: "folder of the workbench (default: the current one)" }],
  options: [...storeOptions],
  examples: ["osteon restore monday.osteon-backup /studies", "osteon restore monday.osteon-backup /studies --database postgres://osteon@db/osteon"],
  async run(context, [file, folder], options) {
    const store = storeOf(context.folder, folder, options);
    const counts = await restoreBackup(path.resolve(context.folder, file!), { folder: store, ...databaseOf(options, context.environment), ...(await filesOf(options, context.environment, store)) });
    if (options["json"] === true) context.out(JSON.stringify(counts));
    else context.out(`restored: ${counts.rows} rows, ${counts.files} files`);
  },
};
