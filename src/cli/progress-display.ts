import { MultiBar, type SingleBar } from "cli-progress";
import type { Progress } from "../base/index.js";

/** Seconds as a person says them. */
function timeText(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
  return `${Math.floor(rounded / 3600)} h ${Math.floor((rounded % 3600) / 60)} min`;
}

/** Seconds left, from the pace since the task began. */
function timeLeft(progress: Progress, startedMs: number, startedAt: number, nowMs: number): string {
  const done = progress.done - startedAt;
  if (done <= 0) return "?";
  return timeText(((nowMs - startedMs) / 1000 / done) * (progress.total - progress.done));
}

export interface ProgressDisplay {
  readonly show: (progress: Progress) => void;
  /** Writes a line without tearing a bar. */
  readonly line: (text: string) => void;
  readonly stop: () => void;
}

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Seconds between two plain lines of one task. */
const plainEveryMs = 10_000;
/** Running tasks shown as bars at once. */
const maxBars = 3;

/** Plain lines: one when a task begins, every ten seconds, and when it ends. */
function plainDisplay(stream: Stream, now: () => number): ProgressDisplay {
  const tasks = new Map<string, { startedMs: number; startedAt: number; shownMs: number }>();
  return {
    show(progress) {
      const nowMs = now();
      const known = tasks.get(progress.task);
      const task = known ?? { startedMs: nowMs, startedAt: progress.done, shownMs: nowMs };
      const finished = progress.done >= progress.total;
      tasks.set(progress.task, task);
      if (known && !finished && nowMs - task.shownMs < plainEveryMs) return;
      // A task that is over within its first second says so only once, at its end.
      if (!known && finished && progress.total <= 1) {
        tasks.delete(progress.task);
        return;
      }
      task.shownMs = nowMs;
      const left = finished ? `took ${timeText((nowMs - task.startedMs) / 1000)}` : `${timeLeft(progress, task.startedMs, task.startedAt, nowMs)} left`;
      stream.write(`${progress.task}: ${progress.done} of ${progress.total} ${progress.unit}, ${left}${progress.note === undefined ? "" : `, ${progress.note}`}\n`);
      if (finished) tasks.delete(progress.task);
    },
    line: (text) => void stream.write(`${text}\n`),
    stop: () => tasks.clear(),
  };
}

function createBars(stream: Stream): MultiBar {
  return new MultiBar({
    format: "{bar} {percentage} % {task} · {value} of {total} {unit} · {left}{note}",
    stream: stream as NodeJS.WriteStream,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 20,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    forceRedraw: true,
    linewrap: false,
    fps: 5,
  });
}

function barDisplay(stream: Stream, now: () => number): ProgressDisplay {
  // Made with the first task: a command that shows no bar writes no control characters.
  let bars: MultiBar | undefined;
  const tasks = new Map<string, { bar: SingleBar; startedMs: number; startedAt: number }>();
  const drop = (name: string): void => {
    const task = tasks.get(name);
    if (task) bars?.remove(task.bar);
    tasks.delete(name);
  };
  return {
    show(progress) {
      const nowMs = now();
      let task = tasks.get(progress.task);
      if (!task) {
        if (tasks.size >= maxBars) drop(tasks.keys().next().value!);
        bars ??= createBars(stream);
        task = { bar: bars.create(progress.total, progress.done, { task: progress.task, unit: progress.unit, left: "", note: "" }), startedMs: nowMs, startedAt: progress.done };
        tasks.set(progress.task, task);
      }
      task.bar.setTotal(progress.total);
      task.bar.update(progress.done, { left: `${timeLeft(progress, task.startedMs, task.startedAt, nowMs)} left`, note: progress.note === undefined ? "" : ` · ${progress.note}` });
      if (progress.done >= progress.total) drop(progress.task);
    },
    line: (text) => (bars && tasks.size > 0 ? bars.log(`${text}\n`) : void stream.write(`${text}\n`)),
    stop() {
      for (const name of tasks.keys()) drop(name);
      bars?.stop();
      bars = undefined;
    },
  };
}

/** Bars with time left in a terminal, plain lines elsewhere. */
export function createProgressDisplay(stream: Stream, options: { now?: () => number } = {}): ProgressDisplay {
  const now = options.now ?? Date.now;
  const display = stream.isTTY === true ? barDisplay(stream, now) : plainDisplay(stream, now);
  // The end of an epoch is for curves: its last step has been shown.
  return { ...display, show: (progress) => (progress.epoch === undefined ? display.show(progress) : undefined) };
}
