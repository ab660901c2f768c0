import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { OsteonError } from "../../base/index.js";
import { writeJsonAtomic } from "../../files/index.js";
import { pause, waitMs } from "../dicomweb/back-off.js";
import type { DicomWebClient } from "../dicomweb/client.js";
import { WorklistClient, type WorkItem, type WorkOutput } from "../dicomweb/worklist.js";
import type { DiskQueue } from "../queue/queue.js";
import type { OnListenEvent } from "./contract.js";
import { acceptFile } from "./poll.js";

export interface FollowOptions {
  readonly queue: DiskQueue;
  readonly client: DicomWebClient;
  /** Where claimed items are kept until they are finished. */
  readonly folder: string;
  readonly match: Readonly<Record<string, string>>;
  readonly everyMs: number;
  readonly onEvent: OnListenEvent;
  /** Called after each time that the server was looked through. */
  readonly onPass: () => void;
  readonly signal: AbortSignal;
}

const claimedSchema = z.object({ uid: z.string(), transaction: z.string(), study: z.string(), instances: z.array(z.string()).optional() });
type Claimed = z.infer<typeof claimedSchema>;

/** The claimer's own UID for an item: the same after a crash, and none that others could guess. */
function transactionOf(uid: string, queue: DiskQueue): string {
  const digest = createHash("sha256").update(queue.keyOf(`transaction ${uid}`)).digest("hex").slice(0, 31);
  return `2.25.${BigInt(`0x${digest}`)}`;
}

/** Claims work items, fetches what they ask for, and finishes them when all of it is settled. */
export async function followWorklist(options: FollowOptions): Promise<void> {
  const { client, match, everyMs, folder, onEvent, onPass, signal } = options;
  const worklist = new WorklistClient(client);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let failures = 0;
  while (!signal.aborted) {
    let wait = everyMs;
    try {
      for (const claimed of await readClaimed(folder)) await followOne(claimed, worklist, options);
      for (const item of await worklist.search(match, { signal })) await take(item, worklist, options);
      failures = 0;
      onPass();
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      wait = Math.max(everyMs, waitMs(failures, "worklist", { firstWaitMs: 1000, maxWaitMs: 300_000 }));
      onEvent({ kind: "waiting", for: "worklist", reason: error instanceof OsteonError ? error.message : "unexpected failure", seconds: Math.round(wait / 1000) });
    }
    await pause(wait, signal).catch(() => {});
  }
}

async function readClaimed(folder: string): Promise<Claimed[]> {
  const claimed: Claimed[] = [];
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".json")) continue;
    const parsed = claimedSchema.safeParse(JSON.parse(await readFile(path.join(folder, name), "utf8")));
    if (parsed.success) claimed.push(parsed.data);
  }
  return claimed;
}

const fileOf = ({ folder, queue }: FollowOptions, uid: string): string => path.join(folder, `${queue.keyOf(uid)}.json`);

async function take(item: WorkItem, worklist: WorklistClient, options: FollowOptions): Promise<void> {
  const { queue, signal } = options;
  const study = item.inputs[0]?.study;
  // Without named images there is nothing to look at: the item is another's.
  if (study === undefined) return;
  const transaction = transactionOf(item.uid, queue);
  const claimed: Claimed = { uid: item.uid, transaction, study };
  // Noted first: an item that was claimed by a process that then ended is followed up by the next.
  await writeJsonAtomic(fileOf(options, item.uid), claimed);
  if (!(await worklist.claim(item.uid, transaction, signal))) await rm(fileOf(options, item.uid), { force: true });
  else await followOne(claimed, worklist, options);
}

async function followOne(claimed: Claimed, worklist: WorklistClient, options: FollowOptions): Promise<void> {
  const { queue, signal } = options;
  const { uid, transaction } = claimed;
  let { instances } = claimed;
  if (instances === undefined) {
    const item = await worklist.retrieve(uid, signal);
    // Not ours: the claim did not get through before the process ended.
    if (item.state === "SCHEDULED" && !(await worklist.claim(uid, transaction, signal))) return rm(fileOf(options, uid), { force: true });
    if (item.state === "COMPLETED" || item.state === "CANCELED") return rm(fileOf(options, uid), { force: true });
    instances = await fetchInputs(item, options);
    await writeJsonAtomic(fileOf(options, uid), { ...claimed, instances });
  }
  const found = instances.flatMap((instance) => queue.find(instance));
  if (found.some(({ state }) => state === "received" || state === "outgoing")) return undefined;
  const outputs: WorkOutput[] = [];
  for (const { id } of found) for (const { series, sopClass, instance } of (await queue.read(id))?.results ?? []) outputs.push({ study: claimed.study, series, sopClass, instance });
  if (outputs.length > 0) {
    await worklist.update(uid, transaction, { share: 1, outputs }, signal);
    await worklist.complete(uid, transaction, signal);
  } else {
    await worklist.update(uid, transaction, { text: "no image of it is one that a model was made for" }, signal);
    await worklist.cancel(uid, transaction, signal);
  }
  return rm(fileOf(options, uid), { force: true });
}

async function fetchInputs(item: WorkItem, { client, queue, onEvent, signal }: FollowOptions): Promise<string[]> {
  const instances: string[] = [];
  const accept = async (bytes: Uint8Array): Promise<void> => {
    const instance = await acceptFile(queue, bytes, "worklist");
    instances.push(instance);
    const [found] = queue.find(instance);
    if (found !== undefined) onEvent({ kind: "received", id: found.id, origin: "worklist" });
  };
  for (const { study, series, instances: named } of item.inputs) {
    if (series !== undefined && named.length > 0) {
      for (const instance of named) await accept(await client.retrieveInstance({ study, series, instance }, { signal }));
    } else for await (const bytes of client.retrieve({ study, ...(series !== undefined && { series }) }, { signal })) await accept(bytes);
  }
  return instances;
}
