import path from "node:path";
import { studyStatus, taskLog } from "../../executors/index.js";
import type { Command } from "../contract.js";
import { statusTable } from "../status-table.js";

export const studyStatusCommand: Command = {
  description: "Tells from the folder of the run alone: on any machine that sees it, whoever trains, and whether or not anybody does.",
  arguments: [{ name: "<run>", description: "folder of a run: what was given as --out" }],
  options: [{ flags: "--log <task>", description: "the log of one task, with all its attempts, by name or number" }],
  examples: ["osteon study status runs/spine", "osteon study status runs/spine --log 12", "osteon study status runs/spine --json"],
  async run(context, [run], options) {
    const folder = path.resolve(context.folder, run!);
    if (typeof options["log"] === "string") {
      const log = await taskLog(folder, options["log"]);
      context.out(options["json"] === true ? JSON.stringify({ log: log.trimEnd().split("\n") }, null, 2) : log.trimEnd());
      return;
    }
    const status = await studyStatus(folder);
    context.out(options["json"] === true ? JSON.stringify(status, null, 2) : statusTable(status));
  },
};
