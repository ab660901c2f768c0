import path from "node:path";
import { attemptNumbers, type AttemptEnd, type AttemptFacts } from "./attempt.js";
import { attemptFolder, readShared } from "./places.js";

export interface AttemptRecord {
  readonly facts: AttemptFacts;
  readonly end: AttemptEnd | undefined;
}

/** Attempts at a task, in order. */
export async function readAttempts(run: string, task: string): Promise<AttemptRecord[]> {
  const numbers = await attemptNumbers(run, task);
  const records = await Promise.all(
    numbers.map(async (number) => {
      const folder = attemptFolder(run, task, number);
      const facts = await readShared<AttemptFacts>(path.join(folder, "attempt.json"));
      return facts && { facts, end: await readShared<AttemptEnd>(path.join(folder, "end.json")) };
    }),
  );
  return records.flatMap((record) => record ?? []);
}
