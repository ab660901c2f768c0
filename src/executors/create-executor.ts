import { availableParallelism } from "node:os";
import { defaultThreads } from "../engine/index.js";
import type { Executor } from "../study/index.js";
import { localExecutor } from "./local/local-executor.js";
import { queueExecutor } from "./queue/queue-executor.js";
import { slurmExecutor } from "./slurm/slurm-executor.js";

/** Who does a study's tasks. */
export type ExecutorSettings =
  | {
      readonly kind: "local";
      /** Processes on this machine; none, but the leading process itself, unless told. */
      readonly jobs?: number;
      /** Cores that all may use together. */
      readonly cores?: number;
      /** Memory that all may hold together: four fifths of the machine's unless told. */
      readonly memoryGib?: number;
    }
  | {
      readonly kind: "queue";
      /** `postgres://user:password@host:port/name`. */
      readonly database: string;
    }
  | {
      readonly kind: "slurm";
      /** Further options of sbatch: `--partition=gpu`. */
      readonly arguments?: readonly string[];
      /** Tasks of the array at a time. */
      readonly atOnce?: number;
      /** The command that starts Osteon on the nodes. */
      readonly command: readonly string[];
    };

/** Attempts that a task has unless told: machines are switched off now and then. */
export const usualAttempts = 5;

const gibibyte = 2 ** 30;

export interface ExecutorOptions {
  readonly attempts?: number;
  readonly softwareVersion: string;
}

/** The executor that settings ask for; undefined for one process that does all itself. */
export function createExecutor(settings: ExecutorSettings, { attempts = usualAttempts, softwareVersion }: ExecutorOptions): Executor | undefined {
  if (settings.kind === "queue") return queueExecutor({ database: settings.database, attempts });
  if (settings.kind === "slurm") return slurmExecutor({ ...settings, attempts });
  const { jobs, cores = availableParallelism(), memoryGib } = settings;
  if (jobs === undefined) return undefined;
  return localExecutor({ jobs, cores, ...(memoryGib !== undefined && { memoryBytes: memoryGib * gibibyte }), attempts, softwareVersion });
}

/** Threads of every task unless told: those of one process, shared out among those on this machine. */
export function threadsFor(settings: ExecutorSettings): number | undefined {
  if (settings.kind !== "local" || (settings.jobs ?? 1) === 1) return undefined;
  return Math.max(1, Math.floor(Math.min(defaultThreads(), settings.cores ?? Infinity) / settings.jobs!));
}
