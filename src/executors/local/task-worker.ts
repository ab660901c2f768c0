// A process that does tasks of studies, one after the other, as its parent says. It ends with its parent, after a checkpoint.
import { openStudyTasks, type StudyTasks } from "../../study/index.js";
import { packError } from "../attempts/error-message.js";
import { runAttempt } from "../attempts/run-attempt.js";
import { mapPath, type FromTaskProcess, type ToTaskProcess } from "./messages.js";

/** Pause between two reports of memory. */
const memoryMs = 1000;

const stopped = new AbortController();
let open: { readonly key: string; readonly tasks: Promise<StudyTasks> } | undefined;

function tell(message: FromTaskProcess): void {
  if (process.connected) process.send!(message);
}

/** The study, kept open from task to task. */
async function tasksOf({ run, round, softwareVersion, places }: Extract<ToTaskProcess, { kind: "run" }>): Promise<StudyTasks> {
  const key = `${round} ${run}`;
  if (open?.key !== key) {
    const before = await open?.tasks.catch(() => undefined);
    await before?.close();
    open = { key, tasks: openStudyTasks(run, { softwareVersion, place: (file) => mapPath(file, places), onProgress: (progress) => tell({ kind: "progress", progress }), signal: stopped.signal }) };
    open.tasks.catch(() => (open = undefined));
  }
  return open.tasks;
}

async function work(order: Extract<ToTaskProcess, { kind: "run" }>): Promise<void> {
  const { run, round, worker, task } = order;
  try {
    const outcome = await runAttempt(await tasksOf(order), task, {
      run,
      round,
      worker,
      signal: stopped.signal,
      onProgress: (progress) => tell({ kind: "progress", progress }),
    });
    tell({ kind: "ended", outcome });
  } catch (error) {
    if (stopped.signal.aborted) tell({ kind: "ended", outcome: { state: "interrupted", attempt: 0 } });
    else tell({ kind: "broken", error: packError(error) });
  }
}

async function end(): Promise<void> {
  const tasks = await open?.tasks.catch(() => undefined);
  await tasks?.close().catch(() => undefined);
  clearInterval(memory);
  if (process.connected) process.disconnect();
}

let running: Promise<void> = Promise.resolve();

function stop(): void {
  stopped.abort(new Error("stopped"));
  void running.then(end);
}

const memory = setInterval(() => tell({ kind: "memory", bytes: process.memoryUsage.rss() }), memoryMs);
process.on("message", (message: ToTaskProcess) => {
  if (message.kind === "stop") stop();
  else running = running.then(() => work(message));
});
process.on("disconnect", stop);
// Ctrl-C in a terminal reaches all processes; the parent says when to stop.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", stop);
