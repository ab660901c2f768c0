import os from "node:os";
import path from "node:path";
import { writeJsonAtomic } from "../../files/index.js";
import { readShared } from "./places.js";

/** One start of a study. Attempts of rounds before do not count against a task: something may have been mended. */
export interface Round {
  readonly round: number;
  readonly executor: string;
  /** Attempts that a task has. */
  readonly attempts: number;
  readonly startedAt: string;
  readonly host: string;
  readonly pid: number;
  /** Renewed while the leading process lives. */
  readonly beatAt: string;
  readonly endedAt?: string;
  /** What it ended with: nothing where all went well. */
  readonly message?: string;
  readonly state: "running" | "finished" | "stopped" | "failed";
}

function roundFile(run: string): string {
  return path.join(run, "distributed", "round.json");
}

export function readRound(run: string): Promise<Round | undefined> {
  return readShared<Round>(roundFile(run));
}

export async function beginRound(run: string, { executor, attempts }: Pick<Round, "executor" | "attempts">): Promise<Round> {
  const before = await readRound(run);
  const now = new Date().toISOString();
  const round: Round = { round: (before?.round ?? 0) + 1, executor, attempts, startedAt: now, beatAt: now, host: os.hostname(), pid: process.pid, state: "running" };
  await writeJsonAtomic(roundFile(run), round);
  return round;
}

export async function updateRound(run: string, round: Round, change: Partial<Round>): Promise<Round> {
  const changed = { ...round, ...change, beatAt: new Date().toISOString() };
  await writeJsonAtomic(roundFile(run), changed);
  return changed;
}
