import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { QueueLayout } from "./layout.js";
import { readRecord } from "./read-queue.js";
import { isQueueId, queueStates, type QueueRecord, type QueueState } from "./record.js";

const later: Readonly<Record<QueueState, number>> = { received: 0, outgoing: 1, refused: 2, failed: 3, done: 4 };

/** What a queue's folder holds. */
export interface FoundQueue {
  readonly states: ReadonlyMap<string, QueueState>;
  /** In the order in which they are to be worked on. */
  readonly waiting: readonly string[];
  readonly outgoing: readonly string[];
  /** Records of what is outgoing, where they are whole. */
  readonly records: ReadonlyMap<string, QueueRecord>;
}

/** How often work on the image, or its sending, began. */
export async function readAttempts(layout: QueueLayout, id: string): Promise<number> {
  return Number(await readFile(layout.attempts(id), "utf8").catch(() => "0")) || 0;
}

/** The image of a failure is moved beside its record. */
export async function keepFailedImage(layout: QueueLayout, id: string): Promise<void> {
  await rename(layout.received(id), layout.failedImage(id)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}

async function findStates(layout: QueueLayout): Promise<Map<string, QueueState>> {
  const found = new Map<string, QueueState>();
  for (const state of queueStates) {
    const isSettled = state !== "outgoing" && state !== "received";
    for (const entry of await readdir(layout.at(state), { recursive: isSettled })) {
      const id = path.basename(entry).replace(/\.(json|dcm)$/, "");
      if (!isQueueId(id) || (isSettled && !entry.endsWith(".json"))) continue;
      const before = found.get(id);
      if (before === undefined || later[state] > later[before]) found.set(id, state);
    }
  }
  return found;
}

/** Puts right what a crash left: what was half written goes, and of an image in two states the later one counts. */
export async function recoverQueue(layout: QueueLayout): Promise<FoundQueue> {
  for (const name of ["incoming", "work"]) {
    await rm(layout.at(name), { recursive: true, force: true });
    await mkdir(layout.at(name), { mode: 0o700 });
  }
  const states = await findStates(layout);
  for (const [id, state] of states) {
    if (state === "received") continue;
    // A crash between two steps left the earlier one, too.
    if (state === "failed") await keepFailedImage(layout, id);
    await rm(layout.received(id), { force: true });
    await rm(layout.attempts(id), { force: true });
    if (state === "outgoing") continue;
    await rm(layout.outgoing(id), { recursive: true, force: true });
    await rm(layout.origin(id), { force: true });
  }
  const inOrder = async (state: "received" | "outgoing"): Promise<string[]> => {
    const list: { id: string; at: number; tries: number }[] = [];
    for (const [id, own] of states) if (own === state) list.push({ id, at: (await stat(layout[state](id))).mtimeMs, tries: await readAttempts(layout, id) });
    // What was being worked on when the process ended comes last: should it be the cause, the others are not held up.
    return list.sort((a, b) => a.tries - b.tries || a.at - b.at || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
  };
  const outgoing = await inOrder("outgoing");
  const records = new Map<string, QueueRecord>();
  for (const id of outgoing) {
    const record = await readRecord(path.join(layout.outgoing(id), "record.json"));
    if (record !== undefined) records.set(id, record);
  }
  return { states, waiting: await inOrder("received"), outgoing, records };
}
