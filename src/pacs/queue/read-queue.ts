import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { withFileErrors } from "../../files/index.js";
import { isQueueId, queueStates, recordSchema, type QueueRecord, type QueueState } from "./record.js";

/** A record; undefined where there is none, or a damaged one. */
export async function readRecord(file: string): Promise<QueueRecord | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** What lies in a queue, without taking it from the process that works on it. */
export async function readQueue(folder: string, { states = queueStates, limit = 50 }: { readonly states?: readonly QueueState[]; readonly limit?: number } = {}): Promise<{ counts: Record<QueueState, number>; records: (QueueRecord & { state: QueueState })[] }> {
  const counts = { received: 0, outgoing: 0, done: 0, refused: 0, failed: 0 };
  const records: (QueueRecord & { state: QueueState })[] = [];
  await withFileErrors("queue", async () => {
    for (const state of queueStates) {
      const isSettled = state !== "received" && state !== "outgoing";
      const entries = await readdir(path.join(folder, state), { recursive: isSettled });
      const names = entries.filter((entry) => isQueueId(path.basename(entry).replace(/\.(json|dcm)$/, "")) && (!isSettled || entry.endsWith(".json")));
      counts[state] = names.length;
      if (!states.includes(state)) continue;
      const files = names.map((name) => path.join(folder, state, name, ...(state === "outgoing" ? ["record.json"] : [])));
      for (const file of files) {
        const record = state === "received" ? { id: path.basename(file, ".dcm"), receivedAt: "", origin: "" } : await readRecord(file);
        if (record !== undefined) records.push({ ...record, state });
      }
    }
  });
  records.sort((a, b) => ((b.settledAt ?? b.receivedAt) < (a.settledAt ?? a.receivedAt) ? -1 : 1));
  return { counts, records: records.slice(0, limit) };
}
