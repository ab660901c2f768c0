import { InputError, OsteonError, type Progress } from "../../base/index.js";
import type { StudyTask, StudyTasks } from "../../study/index.js";
import { Attempt, type AttemptEnd, type BeginOptions } from "./attempt.js";

/** Pause between two signs of life. */
const beatMs = 2000;

export interface RunAttemptOptions extends BeginOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** What became of an attempt. */
export interface AttemptOutcome extends Omit<AttemptEnd, "at"> {
  /** 0 where the task was done already. */
  readonly attempt: number;
}

/** Makes one attempt at a task, from where the one before stood to a result that is accepted. Errors of the task are an outcome; those of the run's folder are thrown. */
export async function runAttempt(tasks: StudyTasks, task: StudyTask, options: RunAttemptOptions): Promise<AttemptOutcome> {
  const attempt = await Attempt.begin(task, options);
  if (attempt === undefined) return { state: "accepted", attempt: 0 };
  const number = attempt.facts.attempt;
  const overtaken = new AbortController();
  const signal = AbortSignal.any([overtaken.signal, ...(options.signal ? [options.signal] : [])]);
  let latest: Progress | undefined;
  let told = "";
  let busy = false;
  const beat = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      await attempt.beat(latest);
      if (await attempt.isSuperseded()) overtaken.abort(new Error("another attempt has taken over"));
    } catch {
      // A disk that does not answer for a moment is no reason to stop the training; where it stays so, the next checkpoint says it.
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void beat(), beatMs);
  await beat();
  const end = async (outcome: Omit<AttemptOutcome, "attempt">): Promise<AttemptOutcome> => {
    await attempt.end(outcome);
    return { ...outcome, attempt: number };
  };
  try {
    await tasks.run(task, {
      folder: attempt.work,
      writer: `${task.id}-${number}`,
      signal,
      onProgress: (progress) => {
        options.onProgress?.(progress);
        if (progress.epoch !== undefined) {
          void attempt.epoch(progress.epoch).catch(() => undefined);
          return;
        }
        latest = progress;
        if (progress.task !== told) {
          told = progress.task;
          void attempt.log(`${progress.task}: from ${progress.done} of ${progress.total} ${progress.unit}`).catch(() => undefined);
        }
      },
    });
    return await end((await attempt.accept()) ? { state: "accepted" } : { state: "superseded", reason: "the result of another attempt counts" });
  } catch (error) {
    if (overtaken.signal.aborted) return await end({ state: "superseded", reason: "another attempt has taken over" });
    if (options.signal?.aborted === true) return await end({ state: "interrupted", reason: "stopped; goes on from its checkpoint" });
    const known = error instanceof OsteonError;
    if (!known) await attempt.log(String((error as Error)?.stack ?? error)).catch(() => undefined);
    return await end({ state: "failed", reason: (error as Error)?.message ?? String(error), ...(known && { code: error.code }), ...(error instanceof InputError && { isFinal: true }) });
  } finally {
    clearInterval(timer);
  }
}
