import path from "node:path";
import { InputError } from "../../base/index.js";
import { serveQueue, serveTask, type PathMap } from "../../executors/index.js";
import type { Command, OptionValues } from "../contract.js";
import { readCount, readPairs } from "../data-options.js";
import { databaseOption, readDatabase } from "../executor-options.js";
import { osteonVersion } from "../version.js";

function readPlaces(values: OptionValues[string]): PathMap[] {
  return Object.entries(readPairs(values, "--map", "/path/there=/path/here")).map(([from, to]) => ({ from, to }));
}

export const worker: Command = {
  description:
    "Takes the tasks of studies that run with --executor queue, one at a time, on this machine. Start one or more on every machine that sees the\nfolders of run, images and weights. Ctrl-C stops it after a checkpoint: another worker goes on from there.",
  options: [
    databaseOption,
    { flags: "--map <there=here>", description: "what a folder of the leading machine is called on this one; may be given several times", repeatable: true },
    { flags: "--name <name>", description: "what logs call this worker (default: machine and process)" },
    { flags: "--idle <seconds>", description: "end after so long without a task (default: wait on)" },
    { flags: "--run <folder>", description: "instead of a queue: do one task of this run, as the array job does" },
    { flags: "--task <name>", description: "with --run, name or number of the task" },
  ],
  examples: [
    "osteon worker --database postgres://osteon:secret@db.hospital:5432/osteon",
    "osteon worker --database postgres://osteon:secret@db/osteon --map /data=/mnt/data",
    "osteon worker --run runs/spine --task 12",
  ],
  async run(context, _, options) {
    const places = readPlaces(options["map"]);
    const name = typeof options["name"] === "string" ? { name: options["name"] } : {};
    const shared = { softwareVersion: osteonVersion(), places, ...name, onProgress: context.onProgress, signal: context.signal };
    if (typeof options["run"] === "string") {
      if (typeof options["task"] !== "string") throw new InputError("task-needed", "--run: expected --task beside it, got none. List the tasks with: osteon study status FOLDER.");
      const outcome = await serveTask(path.resolve(context.folder, options["run"]), options["task"], shared);
      if (options["json"] === true) context.out(JSON.stringify(outcome));
      else context.note(`${options["task"]}: ${outcome.state}${outcome.reason === undefined ? "" : ` (${outcome.reason})`}`);
      if (outcome.state === "failed") context.endWith(1);
      return;
    }
    const idleSeconds = readCount(options["idle"], "--idle", 0);
    await serveQueue({ ...shared, database: readDatabase(options, context), ...(idleSeconds !== undefined && { idleSeconds }), onNote: context.note });
  },
};
