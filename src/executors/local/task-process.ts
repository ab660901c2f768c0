import { fork, type ChildProcess } from "node:child_process";
import { appendFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Progress } from "../../base/index.js";
import type { StudyTask } from "../../study/index.js";
import { endAttempt } from "../attempts/attempt.js";
import { unpackError } from "../attempts/error-message.js";
import { attemptFolder } from "../attempts/places.js";
import { readAttempts } from "../attempts/read-attempts.js";
import type { AttemptOutcome } from "../attempts/run-attempt.js";
import type { FromTaskProcess, PathMap, ToTaskProcess } from "./messages.js";

/** What a process said last on its standard error is kept for the log. */
const mostSaid = 8000;

/** Time that a process has for its checkpoint before it is ended. */
const graceMs = 60_000;

export interface TaskProcessOptions {
  readonly softwareVersion: string;
  /** Name of the worker in logs. */
  readonly worker: string;
  readonly places?: readonly PathMap[];
}

export interface TaskOrder {
  readonly run: string;
  readonly round: number;
  readonly task: StudyTask;
  readonly onProgress?: (progress: Progress) => void;
}

/** A process of its own for tasks: what kills it, memory that runs out say, costs an attempt and nothing else. Started when it is needed, and again after it died. */
export class TaskProcess {
  readonly #options: TaskProcessOptions;
  #child: ChildProcess | undefined;
  #said = "";
  #bytes = 0;
  #peakBytes = 0;
  #isStopping = false;

  constructor(options: TaskProcessOptions) {
    this.#options = options;
  }

  /** Memory that the process holds, and the most it held since it was asked last for a task. */
  get memory(): { readonly bytes: number; readonly peakBytes: number } {
    return { bytes: this.#bytes, peakBytes: this.#peakBytes };
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  #start(): ChildProcess {
    const child = fork(new URL("./task-worker.js", import.meta.url), { serialization: "advanced", stdio: ["ignore", "ignore", "pipe", "ipc"], execArgv: [] });
    this.#said = "";
    child.stderr?.on("data", (chunk: Buffer) => (this.#said = `${this.#said}${chunk.toString()}`.slice(-mostSaid)));
    child.on("message", (message: FromTaskProcess) => {
      if (message.kind !== "memory") return;
      this.#bytes = message.bytes;
      this.#peakBytes = Math.max(this.#peakBytes, message.bytes);
    });
    child.once("exit", () => {
      this.#bytes = 0;
      if (this.#child === child) this.#child = undefined;
    });
    return child;
  }

  /**
   * Has one attempt made at a task. A process that dies is an outcome, `lost`.
   * @throws what kept the study from being opened, or its folder from being written
   */
  run({ run, round, task, onProgress }: TaskOrder): Promise<AttemptOutcome> {
    const { worker, softwareVersion, places = [] } = this.#options;
    this.#child ??= this.#start();
    const child = this.#child;
    this.#peakBytes = this.#bytes;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        child.off("message", listen);
        child.off("exit", died);
        act();
      };
      const listen = (message: FromTaskProcess): void => {
        if (message.kind === "progress") onProgress?.(message.progress);
        else if (message.kind === "ended") settle(() => resolve(message.outcome));
        else if (message.kind === "broken") settle(() => reject(unpackError(message.error)));
      };
      const died = (code: number | null, signal: string | null): void =>
        settle(() => {
          const reason = this.#isStopping ? "stopped before its checkpoint was written" : `its process was ended by ${signal ?? `exit code ${code}`}${signal === "SIGKILL" ? ", as happens when memory runs out" : ""}`;
          void this.#noteDeath(run, task, child.pid, { state: this.#isStopping ? "interrupted" : "lost", reason }).then(resolve, reject);
        });
      child.on("message", listen);
      child.on("exit", died);
      const order: ToTaskProcess = { kind: "run", run, round, worker, task, softwareVersion, places };
      child.send(order, (error) => {
        // The process is going: its exit tells the rest.
        if (error) child.kill("SIGKILL");
      });
    });
  }

  /** The dead cannot write their own log. Which attempt was theirs is read from the folder: a process may die before it has told. */
  async #noteDeath(run: string, task: StudyTask, pid: number | undefined, end: Omit<AttemptOutcome, "attempt">): Promise<AttemptOutcome> {
    const left = (await readAttempts(run, task.id)).findLast((one) => one.end === undefined && one.facts.pid === pid && one.facts.host === os.hostname());
    if (left === undefined) return { ...end, attempt: 0 };
    const { attempt } = left.facts;
    const folder = attemptFolder(run, task.id, attempt);
    if (this.#said !== "") await appendFile(path.join(folder, "log.txt"), `${this.#said.trimEnd()}\n`);
    await endAttempt(folder, end);
    return { ...end, attempt };
  }

  /** Ends the process, after a checkpoint of what it is doing. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    this.#isStopping = true;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    const order: ToTaskProcess = { kind: "stop" };
    child.send(order, () => undefined);
    const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
    await gone;
    clearTimeout(timer);
    this.#isStopping = false;
  }

  /** Ends the process at once; what it was doing goes on elsewhere from its last checkpoint. */
  kill(): void {
    this.#child?.kill("SIGKILL");
  }
}
