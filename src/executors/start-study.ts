import { fork } from "node:child_process";
import type { Progress } from "../base/index.js";
import type { StudyOptions, StudyOutcome } from "../study/index.js";
import { unpackError, type ErrorMessage } from "./attempts/error-message.js";
import type { ExecutorSettings } from "./create-executor.js";

/** A study's options without what cannot go to another process. */
export type StudyRequest = Omit<StudyOptions, "onProgress" | "onWarning" | "signal" | "executor">;

export interface StartOptions {
  readonly study: StudyRequest;
  readonly executor?: ExecutorSettings;
  /** Attempts that a task has. */
  readonly attempts?: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly onWarning?: (message: string) => void;
}

/** Where a finished study's files are. */
export type StudyFiles = Pick<StudyOutcome, "report" | "resultsFile" | "predictions">;

export interface StudyHandle {
  readonly pid: number | undefined;
  /** Rejects with what the study ended with; with {@link StudyStopped} after `stop`. */
  readonly finished: Promise<StudyFiles>;
  /** Stops the study after a checkpoint. To go on, start it again with the same options. */
  stop(): Promise<void>;
}

/** A study was stopped as asked: nothing is lost. */
export class StudyStopped extends Error {
  constructor() {
    super("stopped; the same options go on from the last checkpoint");
    this.name = "StudyStopped";
  }
}

/** To the leading process. */
export type ToStudyProcess = { readonly kind: "start"; readonly study: StudyRequest; readonly executor?: ExecutorSettings; readonly attempts?: number } | { readonly kind: "stop" };

/** From the leading process. */
export type FromStudyProcess =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "warning"; readonly message: string }
  | { readonly kind: "finished"; readonly files: StudyFiles }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly error: ErrorMessage };

/**
 * Runs a study in a process of its own, or goes on with one: a server that starts it stays free to answer. The process stops by itself, after a checkpoint,
 * when the one that started it is gone.
 */
export function startStudy({ study, executor, attempts, onProgress, onWarning }: StartOptions): StudyHandle {
  const child = fork(new URL("./study-process.js", import.meta.url), { serialization: "advanced", stdio: ["ignore", "ignore", "pipe", "ipc"], execArgv: [] });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4000)));
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const finished = new Promise<StudyFiles>((resolve, reject) => {
    child.on("message", (message: FromStudyProcess) => {
      if (message.kind === "progress") onProgress?.(message.progress);
      else if (message.kind === "warning") onWarning?.(message.message);
      else if (message.kind === "finished") resolve(message.files);
      else if (message.kind === "stopped") reject(new StudyStopped());
      else reject(unpackError(message.error));
    });
    child.once("exit", (code, signal) => reject(new Error(`the study's process ended with ${signal ?? `exit code ${code}`}${said === "" ? "" : `: ${said.trim()}`}`)));
    child.once("error", reject);
  });
  // Whoever only stops a study need not wait for how it ended.
  finished.catch(() => undefined);
  const tell = (message: ToStudyProcess): void => void child.send(message, () => undefined);
  tell({ kind: "start", study, ...(executor && { executor }), ...(attempts !== undefined && { attempts }) });
  return {
    pid: child.pid,
    finished,
    async stop() {
      if (child.connected) tell({ kind: "stop" });
      await gone;
    },
  };
}
