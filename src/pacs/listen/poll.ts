import { OsteonError } from "../../base/index.js";
import { pause, waitMs } from "../dicomweb/back-off.js";
import type { DicomWebClient } from "../dicomweb/client.js";
import { textIn } from "../dicomweb/json-model.js";
import { takeApart } from "../dimse/part10.js";
import type { DiskQueue } from "../queue/queue.js";
import type { OnListenEvent } from "./contract.js";
import { StudyMemory } from "./study-memory.js";

export interface PollOptions {
  readonly queue: DiskQueue;
  readonly client: DicomWebClient;
  readonly match: Readonly<Record<string, string>>;
  readonly everyMs: number;
  /** File that keeps which studies were looked at; without it they are looked at again, and nothing else. */
  readonly memory: string;
  readonly onEvent: OnListenEvent;
  /** Called after each time that the server was looked through. */
  readonly onPass: () => void;
  readonly signal: AbortSignal;
}

/** Kinds of objects with images that models may look at: CR, DX, CT, MR, secondary capture, XA, RF and the like. */
const imageClass = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(1|1\.1(\.[123])?(\.1)?|2(\.1)?|4(\.1)?|7(\.[1-4])?|12\.[12](\.1)?|6\.1)$/;

/** Takes a file that a server gave: the head is kept apart, so that it is known again if it also comes by DIMSE. */
export async function acceptFile(queue: DiskQueue, bytes: Uint8Array, origin: string): Promise<string> {
  const { instance, dataset } = takeApart(bytes, "image");
  const head = bytes.subarray(0, dataset.byteOffset - bytes.byteOffset);
  await queue.accept(dataset, { instance, origin, head });
  return instance;
}

/** Looks for new images again and again. What the queue knows, in whatever state, is not fetched again. */
export async function poll(options: PollOptions): Promise<void> {
  const { everyMs, onEvent, onPass, signal } = options;
  const seen = await StudyMemory.open(options.memory);
  let failures = 0;
  while (!signal.aborted) {
    let wait = everyMs;
    try {
      await pollOnce(options, seen);
      failures = 0;
      onPass();
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      wait = Math.max(everyMs, waitMs(failures, "source", { firstWaitMs: 1000, maxWaitMs: 300_000 }));
      onEvent({ kind: "waiting", for: error instanceof OsteonError && error.code === "queue-full" ? "disk" : "source", reason: error instanceof OsteonError ? error.message : "unexpected failure", seconds: Math.round(wait / 1000) });
    }
    await pause(wait, signal).catch(() => {});
  }
}

async function pollOnce({ queue, client, match, onEvent, signal }: PollOptions, seen: StudyMemory): Promise<void> {
  const studies: { study: string; key: string; count: string | undefined }[] = [];
  for await (const dataset of client.search({ level: "studies", match, include: ["NumberOfStudyRelatedInstances"], signal })) {
    const study = textIn(dataset, "StudyInstanceUID");
    if (study !== undefined) studies.push({ study, key: queue.keyOf(study), count: textIn(dataset, "NumberOfStudyRelatedInstances") });
  }
  seen.keepOnly(new Set(studies.map(({ key }) => key)));
  for (const { study, key, count } of studies) {
    if (count !== undefined && seen.has(key, count)) continue;
    for await (const dataset of client.search({ level: "instances", study, include: ["SOPClassUID"], signal })) {
      const [series, instance, sopClass] = ["SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID"].map((keyword) => textIn(dataset, keyword));
      if (series === undefined || instance === undefined || queue.isResult(instance) || queue.find(instance).length > 0) continue;
      if (sopClass !== undefined && !imageClass.test(sopClass)) continue;
      await acceptFile(queue, await client.retrieveInstance({ study, series, instance }, { signal }), "dicomweb");
      const [found] = queue.find(instance);
      if (found !== undefined) onEvent({ kind: "received", id: found.id, origin: "dicomweb" });
    }
    if (count !== undefined) await seen.note(key, count);
  }
  await seen.save();
}
