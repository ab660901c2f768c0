import { readAttempts } from "./read-attempts.js";

/** Attempts of a round that failed or whose process died: what counts against a task. Those that were stopped or overtaken do not. */
export async function countTries(run: string, task: string, round: number): Promise<number> {
  const records = await readAttempts(run, task);
  return records.filter(({ facts, end }) => facts.round === round && (end === undefined || end.state === "failed" || end.state === "lost")).length;
}

/** What the last attempt ended with, for whoever gives up. */
export async function lastReason(run: string, task: string): Promise<string> {
  const last = (await readAttempts(run, task)).at(-1);
  return last?.end?.reason ?? "its process died without a word, as happens when memory runs out or a machine is switched off";
}
