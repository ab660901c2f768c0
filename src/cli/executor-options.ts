import { fileURLToPath } from "node:url";
import { InputError } from "../base/index.js";
import { usualAttempts, type ExecutorSettings } from "../executors/index.js";
import type { Context, OptionFacts, OptionValues } from "./contract.js";
import { readCount } from "./data-options.js";

const group = "Work in several processes, or on many machines:";

/** Where the queue's database is. */
export const databaseOption: OptionFacts = { flags: "--database <url>", description: "PostgreSQL that hands out the tasks: postgres://user:password@host:port/name (default: OSTEON_DATABASE)" };

export const executorOptions: readonly OptionFacts[] = [
  { flags: "--executor <name>", description: "who trains: local, processes of this machine (default); queue, the workers that listen on a database; slurm, an array job of a cluster", choices: ["local", "queue", "slurm"], group },
  { flags: "--jobs <n>", description: "tasks at a time: processes of this machine (default: 1), or elements of the array job", group },
  { flags: "--cores <n>", description: "cores that processes of this machine may use together (default: all)", group },
  { flags: "--machine-memory <gib>", description: "memory that processes of this machine may hold together (default: four fifths of it)", group },
  { ...databaseOption, group },
  { flags: "--slurm <option>", description: 'option for sbatch, such as --slurm=--partition=gpu or --slurm="--time=8:00:00"; may be given several times', repeatable: true, group },
  { flags: "--attempts <n>", description: `attempts that a task has before it is given up (default: ${usualAttempts})`, group },
];

/** @throws InputError `database-needed` */
export function readDatabase(options: OptionValues, { environment }: Pick<Context, "environment">): string {
  const database = options["database"] ?? environment["OSTEON_DATABASE"];
  if (typeof database !== "string" || database === "") throw new InputError("database-needed", "--executor queue: expected --database or OSTEON_DATABASE, got neither. Name a PostgreSQL: postgres://user:password@host:port/name.");
  return database;
}

/** What tasks may use of this machine, by --jobs, --cores and --machine-memory. @throws InputError `option-number` */
export function readMachine(options: OptionValues): { readonly jobs?: number; readonly cores?: number; readonly memoryGib?: number } {
  const [jobs, cores] = [readCount(options["jobs"], "--jobs"), readCount(options["cores"], "--cores")];
  const memoryGib = options["machineMemory"] === undefined ? undefined : Number(options["machineMemory"]);
  if (memoryGib !== undefined && !(memoryGib > 0 && Number.isFinite(memoryGib))) throw new InputError("option-number", `--machine-memory: expected a number of GiB above 0, got "${String(options["machineMemory"])}". Correct the option.`);
  return { ...(jobs !== undefined && { jobs }), ...(cores !== undefined && { cores }), ...(memoryGib !== undefined && { memoryGib }) };
}

/** What the options say of who trains. @throws InputError `option-number`, `option-executor`, `database-needed` */
export function readExecutor(options: OptionValues, context: Pick<Context, "environment">): { readonly settings: ExecutorSettings; readonly attempts: number } {
  const { jobs, ...rest } = readMachine(options);
  const attempts = readCount(options["attempts"], "--attempts") ?? usualAttempts;
  const kind = options["executor"] ?? "local";
  const slurm = Array.isArray(options["slurm"]) ? (options["slurm"] as readonly string[]) : [];
  const stray = [...(kind === "local" ? [] : ["cores", "machineMemory"]), ...(kind === "slurm" ? [] : ["slurm"]), ...(kind === "queue" ? ["jobs"] : [])].find((name) => options[name] !== undefined);
  if (stray !== undefined) throw new InputError("option-executor", `--${stray === "machineMemory" ? "machine-memory" : stray}: expected with another executor, got ${String(kind)}. Leave it out, or change --executor.`);
  if (kind === "queue") return { settings: { kind, database: readDatabase(options, context) }, attempts };
  if (kind === "slurm") return { settings: { kind, arguments: slurm, command: [process.execPath, fileURLToPath(new URL("./main.js", import.meta.url))], ...(jobs !== undefined && { atOnce: jobs }) }, attempts };
  return { settings: { kind: "local", ...(jobs !== undefined && jobs > 1 && { jobs }), ...rest }, attempts };
}
