import type { StudyStatus, TaskStatus } from "../executors/index.js";
import { textTable } from "./table.js";

/** Tasks that wait, shown by name: the others are counted. */
const waitingShown = 3;

function stateText({ state, progress, reason, attempts }: TaskStatus): string {
  const again = attempts > 1 ? `, attempt ${attempts}` : "";
  if (state === "running") return `${progress === undefined ? "begins" : `${progress.done} of ${progress.total} ${progress.unit}`}${again}`;
  if (state === "given-up") return `after ${attempts} attempts: ${reason ?? "no reason known"}`;
  return reason === undefined ? again.replace(/^, /, "") : `last attempt: ${reason}`;
}

/** A study's tasks and workers, for a terminal. */
export function statusTable({ state, executor, leader, counts, tasks, workers, message }: StudyStatus): string {
  const lines = [`${state}${executor === undefined ? "" : `, ${executor}`}${leader === undefined ? "" : `, led by process ${leader.pid} on ${leader.host}`}${message === undefined ? "" : `: ${message}`}`];
  if (tasks.length === 0) return `${lines[0]}\nOne process does or did everything: there are no tasks to show.`;
  lines.push(`${counts.finished} of ${tasks.length} tasks finished, ${counts.running} running, ${counts.waiting} waiting${counts["given-up"] > 0 ? `, ${counts["given-up"]} given up` : ""}`);
  const waiting = tasks.filter((task) => task.state === "waiting");
  const shown = [...tasks.filter((task) => task.state === "given-up" || task.state === "running"), ...waiting.slice(0, waitingShown)];
  if (shown.length > 0) lines.push("", textTable(["state", "task", "worker", "where it stands"], shown.map((task) => [task.state, task.id, task.worker ?? "", stateText(task)])));
  if (waiting.length > waitingShown) lines.push(`and ${waiting.length - waitingShown} more that wait`);
  if (workers.length > 0) lines.push("", textTable(["worker", "machine", "accepted", "failed", "now"], workers.map(({ worker, machine, accepted, failed, task }) => [worker, machine, String(accepted), String(failed), task ?? "-"])));
  return lines.join("\n");
}
