import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "../../base/index.js";

export interface BackOff {
  /** Tries in all, the first included; default 5. */
  readonly attempts?: number;
  /** Wait before the second try; doubled before each further one; default 500. */
  readonly firstWaitMs?: number;
  /** Longest wait, also where a server asks for a longer one; default 60,000. */
  readonly maxWaitMs?: number;
}

/**
 * Wait before the next try: doubled each time, less up to a quarter, so that many callers do not come back at once.
 * @param key names what is tried; the same key gives the same waits
 */
export function waitMs(attempt: number, key: string, { firstWaitMs = 500, maxWaitMs = 60_000 }: BackOff = {}): number {
  const full = Math.min(maxWaitMs, firstWaitMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full * (1 - 0.25 * seededRandom("back-off", key, attempt).uniform()));
}

/**
 * What `Retry-After` asks for, in milliseconds: a number of seconds, or a date.
 * @see RFC 9110 section 10.2.3
 */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}

/** Waits, or throws what the signal was aborted with. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  try {
    await sleep(ms, undefined, signal && { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
