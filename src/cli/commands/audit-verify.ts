import { openDatabase, verifyChain } from "../../server/index.js";
import { InputError } from "../../base/index.js";
import type { Command } from "../contract.js";
import { databaseOf, databaseOptions, storeOf } from "../store-options.js";

export const auditVerify: Command = {
  description:
    "Follows the audit log of a workbench from its first entry to its last: each carries a hash over itself and the one before it, so that an entry that was changed, taken out or added is found. Works while the server runs. Write the head down elsewhere: with --head it is shown later that nothing before it was changed.",
  arguments: [{ name: "[folder]", description: "folder of the workbench (default: the current one)" }],
  options: [...databaseOptions, { flags: "--head <sequence:hash>", description: "head of an earlier check, which must still be in the log" }],
  examples: ["osteon audit verify", "osteon audit verify /studies --head 1204:9f86d081884c7d65...", "osteon audit verify --database postgres://osteon@db/osteon --json"],
  async run(context, [folder], options) {
    const head = options["head"];
    if (head !== undefined && (typeof head !== "string" || !/^\d+:[0-9a-f]{64}$/.test(head))) throw new InputError("head", `--head: expected sequence:hash as printed by an earlier check, got "${String(head).slice(0, 80)}". Copy it whole.`);
    const opened = await openDatabase(storeOf(context.folder, folder, options), { ...databaseOf(options, context.environment), mustExist: true });
    try {
      // As it is at one moment: a server that goes on writing adds nothing to what is being followed.
      const check = await opened.snapshot((db) => verifyChain(db, head));
      if (options["json"] === true) context.out(JSON.stringify(check, null, 2));
      else if (check.intact) context.out(`intact: ${check.entries} entries\nhead  ${check.head}`);
      else context.out(`NOT INTACT after ${check.entries} entries: ${check.problem}`);
      if (!check.intact) context.endWith(1);
    } finally {
      await opened.close();
    }
  },
};
