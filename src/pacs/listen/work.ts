import { OsteonError } from "../../base/index.js";
import { pause, waitMs } from "../dicomweb/back-off.js";
import { isDiskFull } from "../queue/durable.js";
import type { DiskQueue } from "../queue/queue.js";
import type { QueueRecord } from "../queue/record.js";
import type { Analyst, Judgement, OnListenEvent } from "./contract.js";

export interface WorkOptions {
  readonly queue: DiskQueue;
  readonly analyst: Analyst;
  readonly onEvent: OnListenEvent;
  /** Called once a judgement is lasting. */
  readonly onJudged?: (judgement: Judgement) => Promise<void>;
  readonly idle: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Times that work on an image may have ended the process before the image is given up. */
const mostAttempts = 10;

/**
 * Judges what was received, one image after another. An image leaves `received` only with its results, or the reason why it has
 * none, lasting beside it; a crash before that leaves it to be judged again, to the same results.
 */
export async function work(options: WorkOptions): Promise<void> {
  const { queue, onEvent, idle, signal } = options;
  let failures = 0;
  while (!signal.aborted) {
    const id = queue.next();
    if (id === undefined) {
      await idle();
      continue;
    }
    try {
      await judgeOne(id, options);
      failures = 0;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      failures += 1;
      const ms = waitMs(failures, "disk", { firstWaitMs: 1000, maxWaitMs: 60_000 });
      onEvent({ kind: "waiting", for: "disk", reason: "the disk is full", seconds: Math.round(ms / 1000) });
      await pause(ms, signal).catch(() => {});
    }
  }
}

async function judgeOne(id: string, { queue, analyst, onEvent, onJudged }: WorkOptions): Promise<void> {
  const { bytes, origin, receivedAt } = await queue.image(id);
  const record: QueueRecord = { id, receivedAt, origin, setup: analyst.setup };
  const attempt = await queue.beginAttempt(id);
  const fail = async (reasons: readonly string[]): Promise<void> => {
    await queue.settle(id, "failed", { ...record, reasons: [...reasons] });
    onEvent({ kind: "failed", id, reasons });
  };
  if (attempt > mostAttempts) return fail([`work on it ended the program ${mostAttempts} times`]);
  const started = performance.now();
  let judgement: Judgement;
  try {
    judgement = await analyst.judge(bytes, new Date(receivedAt));
  } catch (error) {
    // Messages of known errors tell no patient; others may hold anything.
    if (isDiskFull(error)) throw error;
    return fail([error instanceof OsteonError ? error.message : "unexpected failure, a bug"]);
  }
  const seconds = Number(((performance.now() - started) / 1000).toFixed(3));
  const told = { ...record, seconds, ...(judgement.rule !== undefined && { rule: judgement.rule }), ...(judgement.model && { model: judgement.model }) };
  if (judgement.kind === "left-alone") {
    await queue.settle(id, "refused", { ...told, reasons: [...judgement.reasons] });
    onEvent({ kind: "left-alone", id, reasons: judgement.reasons });
  } else {
    const { decided, probability, objects, remarks, rule } = judgement;
    const results = objects.map(({ kind, sopClass, instance, series, study }) => ({ kind, sopClass, instance, series, study }));
    await queue.toOutgoing(id, { ...told, decided, probability, remarks: [...remarks], results }, objects.map((object) => object.bytes));
    onEvent({ kind: "predicted", id, rule, objects: objects.length, seconds });
  }
  await onJudged?.(judgement);
}
