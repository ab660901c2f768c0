import { OsteonError } from "../../base/index.js";
import { pause, waitMs } from "../dicomweb/back-off.js";
import { isDiskFull } from "../queue/durable.js";
import type { DiskQueue } from "../queue/queue.js";
import type { QueueRecord } from "../queue/record.js";
import type { Analyst, Judgement, OnListenEvent, Routing } from "./contract.js";
import { UnitGatherer, type GatheredUnit } from "./gather-units.js";
import type { ReadImage } from "./look-at-unit.js";

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
 * Judges what was received, one image, series or study after another. An image leaves `received` only with its results, or the reason why
 * it has none, lasting beside it; a crash before that leaves it to be judged again, to the same results.
 */
export async function work(options: WorkOptions): Promise<void> {
  const { queue, onEvent, idle, signal } = options;
  const gatherer = new UnitGatherer();
  const ready: ReadyImage[] = [];
  let failures = 0;
  while (!signal.aborted) {
    // A series is complete only once nothing that waits belongs to it: images find their rules before anything gathered is judged.
    const id = queue.next();
    const unit = id === undefined ? gatherer.due() : undefined;
    if (id === undefined && unit === undefined && ready.length === 0) {
      const ms = gatherer.nextMs();
      await (ms === undefined ? idle() : Promise.race([idle(), pause(ms, signal).catch(() => {})]));
      continue;
    }
    try {
      if (id !== undefined) await takeUp(id, { gatherer, ready }, options);
      else if (unit !== undefined) await judgeUnit(unit, gatherer, options);
      else await judgeReady(ready, options);
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

/** An image that is judged by itself, once its turn comes. */
interface ReadyImage {
  readonly id: string;
  readonly rule: string;
}

/** Sends an image to its rule: judged by itself, or gathered with the others of its series or study. */
async function takeUp(id: string, { gatherer, ready }: { readonly gatherer: UnitGatherer; readonly ready: ReadyImage[] }, options: WorkOptions): Promise<void> {
  const { queue, analyst } = options;
  const { bytes, origin, receivedAt } = await queue.image(id);
  const record: QueueRecord = { id, receivedAt, origin, setup: analyst.setup };
  const attempt = await queue.beginAttempt(id);
  if (attempt > mostAttempts) return giveUp(record, [`work on it ended the program ${mostAttempts} times`], options);
  let routing: Routing;
  try {
    routing = analyst.route(bytes);
  } catch (error) {
    return giveUp(record, reasonsOf(error), options);
  }
  if (routing.kind === "left-alone") return settleJudged(record, routing, options);
  const { rule, unit } = routing;
  if (unit === undefined && analyst.gathers !== true) return judgeTogether(record, { images: [async () => bytes], rule, made: receivedAt }, options);
  if (unit === undefined) {
    await queue.hold(id);
    ready.push({ id, rule });
    return undefined;
  }
  const key = queue.keyOf(`${analyst.setup}\n${rule}\n${unit.uid}`);
  if (queue.isDecided(key)) return settleJudged(record, { kind: "left-alone", rule, reasons: ["came after its series or study was decided on: let the rule wait longer"] }, options);
  await queue.hold(id);
  gatherer.add(id, { key, rule, waitMs: unit.waitMs });
}

async function judgeReady(ready: ReadyImage[], options: WorkOptions): Promise<void> {
  const { queue, analyst } = options;
  const { id, rule } = ready[0]!;
  const { bytes, origin, receivedAt } = await queue.image(id);
  const record: QueueRecord = { id, receivedAt, origin, setup: analyst.setup };
  if ((await queue.beginAttempt(id)) > mostAttempts) await giveUp(record, [`work on it ended the program ${mostAttempts} times`], options);
  else await judgeTogether(record, { images: [async () => bytes], rule, made: receivedAt }, options);
  ready.shift();
}

async function judgeUnit({ key, rule, ids }: GatheredUnit, gatherer: UnitGatherer, options: WorkOptions): Promise<void> {
  const { queue, analyst } = options;
  const [id, ...members] = ids as [string, ...string[]];
  const arrivals = [];
  for (const one of ids) arrivals.push(await queue.arrival(one));
  const record: QueueRecord = { id, ...arrivals[0]!, setup: analyst.setup, unit: key, members };
  const attempt = await queue.beginAttempt(id);
  const images = ids.map((one) => async () => (await queue.image(one)).bytes);
  if (attempt > mostAttempts) await giveUp(record, [`work on its series or study ended the program ${mostAttempts} times`], options);
  else await judgeTogether(record, { images, rule, made: arrivals.map(({ receivedAt }) => receivedAt).sort().at(-1)! }, options);
  gatherer.settled(key);
}

async function judgeTogether(record: QueueRecord, { images, rule, made }: { readonly images: readonly ReadImage[]; readonly rule: string; readonly made: string }, options: WorkOptions): Promise<void> {
  const started = performance.now();
  let judgement: Judgement;
  try {
    judgement = await options.analyst.judge(images, { rule, made: new Date(made) });
  } catch (error) {
    if (isDiskFull(error)) throw error;
    return giveUp(record, reasonsOf(error), options);
  }
  return settleJudged({ ...record, seconds: Number(((performance.now() - started) / 1000).toFixed(3)) }, judgement, options);
}

/** Messages of known errors tell no patient; others may hold anything. */
function reasonsOf(error: unknown): string[] {
  return [error instanceof OsteonError ? error.message : "unexpected failure, a bug"];
}

async function giveUp(record: QueueRecord, reasons: readonly string[], { queue, onEvent }: WorkOptions): Promise<void> {
  await queue.settle(record.id, "failed", { ...record, reasons: [...reasons] });
  onEvent({ kind: "failed", id: record.id, reasons });
}

async function settleJudged(record: QueueRecord, judgement: Judgement, { queue, onEvent, onJudged }: WorkOptions): Promise<void> {
  const { id, members = [] } = record;
  const told = { ...record, ...(judgement.rule !== undefined && { rule: judgement.rule }), ...(judgement.model && { model: judgement.model }) };
  if (judgement.kind === "left-alone") {
    await queue.settle(id, "refused", { ...told, reasons: [...judgement.reasons] });
    onEvent({ kind: "left-alone", id, reasons: judgement.reasons });
  } else {
    const { decided, probability, objects, remarks, rule } = judgement;
    const results = objects.map(({ kind, sopClass, instance, series, study }) => ({ kind, sopClass, instance, series, study }));
    await queue.toOutgoing(id, { ...told, decided, probability, remarks: [...remarks], results }, objects.map((object) => object.bytes));
    onEvent({ kind: "predicted", id, rule, ...(members.length > 0 && { images: members.length + 1 }), objects: objects.length, seconds: record.seconds ?? 0 });
  }
  await onJudged?.(judgement);
}
