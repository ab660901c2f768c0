import { OsteonError } from "../../base/index.js";
import { pause, waitMs } from "../dicomweb/back-off.js";
import type { DiskQueue, Outgoing } from "../queue/queue.js";
import type { OnListenEvent } from "./contract.js";
import type { Destination, Stored, StoredNames } from "./destination.js";

export interface DeliverOptions {
  readonly queue: DiskQueue;
  readonly destination: Destination;
  readonly verify: boolean;
  readonly onEvent: OnListenEvent;
  /** Waits until something may be there to do. */
  readonly idle: () => Promise<void>;
  readonly signal: AbortSignal;
  /** Longest wait between two tries of a destination that is away; default five minutes. */
  readonly maxWaitMs?: number;
}

/** Tries of one image's results that the destination answers but does not take, before they are given up. */
const mostTries = 12;

/** What one try came to. */
type Attempt = { readonly kind: "done"; readonly remarks: string[] } | { readonly kind: "later"; readonly reason: string } | { readonly kind: "never"; readonly reasons: string[] };

/**
 * Sends results until the destination has them all, in the order in which they were made. While it is away they wait on the disk.
 * An object that is sent again has the name it had before, so the destination replaces and never doubles it.
 */
export async function deliver({ queue, destination, verify, onEvent, idle, signal, maxWaitMs = 300_000 }: DeliverOptions): Promise<void> {
  const tries = new Map<string, number>();
  let failures = 0;
  while (!signal.aborted) {
    const id = queue.nextOutgoing();
    if (id === undefined) {
      await idle();
      continue;
    }
    let wait: { reason: string; ms: number } | undefined;
    try {
      const outgoing = await queue.outgoing(id);
      const attempt = await sendOnce(outgoing, { destination, verify, isFirst: !tries.has(id), signal });
      failures = 0;
      const count = (tries.get(id) ?? 0) + 1;
      const { record } = outgoing;
      if (attempt.kind === "done") {
        await queue.settle(id, "done", { ...record, remarks: [...(record.remarks ?? []), ...attempt.remarks] });
        tries.delete(id);
        onEvent({ kind: "sent", id, objects: outgoing.files.length - attempt.remarks.length });
      } else if (attempt.kind === "never" || count >= mostTries) {
        const reasons = attempt.kind === "never" ? attempt.reasons : [`not stored after ${count} tries: ${attempt.reason}`];
        await queue.settle(id, "failed", { ...record, reasons });
        tries.delete(id);
        onEvent({ kind: "failed", id, reasons });
      } else {
        tries.set(id, count);
        queue.postponeOutgoing();
        wait = { reason: attempt.reason, ms: waitMs(count, id, { firstWaitMs: 500, maxWaitMs }) };
      }
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      if (!tries.has(id)) tries.set(id, 0);
      wait = { reason: error instanceof OsteonError ? error.message : "unexpected failure", ms: waitMs(failures, "destination", { firstWaitMs: 500, maxWaitMs }) };
    }
    if (wait === undefined) continue;
    onEvent({ kind: "waiting", for: "destination", reason: wait.reason, seconds: Math.round(wait.ms / 1000) });
    await pause(wait.ms, signal).catch(() => {});
  }
}

async function sendOnce({ record, files }: Outgoing, { destination, verify, isFirst, signal }: { destination: Destination; verify: boolean; isFirst: boolean; signal: AbortSignal }): Promise<Attempt> {
  const names: StoredNames[] = (record.results ?? []).map(({ sopClass, study, series, instance }) => ({ sopClass, study: study!, series, instance }));
  // What was sent before a crash or a broken line need not go again. Fresh results cannot be there.
  const before = !isFirst || record.recovered === true ? await destination.has(names, signal) : undefined;
  const missing = names.map((_, i) => i).filter((i) => before?.has(names[i]!.instance) !== true);
  const outcomes: Stored[] = missing.length === 0 ? [] : await destination.store(missing.map((i) => files[i]!), missing.map((i) => names[i]!), signal);
  const later = outcomes.find(({ outcome }) => outcome === "later");
  if (later !== undefined) return { kind: "later", reason: later.reason ?? "not taken" };
  const never = outcomes.filter(({ outcome }) => outcome === "never");
  const titles = never.map(({ instance, reason }) => `${(record.results ?? []).find((one) => one.instance === instance)?.kind ?? "object"} not taken: ${reason ?? ""}`);
  if (never.length === names.length && names.length > 0) return { kind: "never", reasons: titles };
  if (verify) {
    const wanted = names.filter(({ instance }) => !never.some((one) => one.instance === instance));
    const after = await destination.has(wanted, signal);
    if (after !== undefined && after.size < wanted.length) return { kind: "later", reason: "stored, and not found by query" };
  }
  return { kind: "done", remarks: titles };
}
