import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DataError, OsteonError } from "../../base/index.js";
import type { OnProgress } from "../../base/index.js";
import { fileError } from "../../files/index.js";

export interface DownloadOptions {
  readonly url: string;
  /** As many of the checksum's 64 digits as are known, from the first on. */
  readonly sha256?: string;
  /** Length of the file; where it is not known, the server's word is taken. */
  readonly bytes?: number;
  /** Where the file goes; while it comes it is called `<path>.part`. */
  readonly path: string;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
  /** Connections tried without a single new byte before giving up; each that brings some starts the count anew. */
  readonly attempts?: number;
  /** Pause before the second attempt; doubled for each further one. */
  readonly pauseMs?: number;
  /** A connection that is silent for so long is cut. */
  readonly silenceMs?: number;
}

/** SHA-256 of a file, hexadecimal; undefined where there is none. */
export async function hashFile(filePath: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(filePath)) hash.update(chunk as Uint8Array);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return hash.digest("hex");
}

/**
 * Fetches one file, goes on where an earlier attempt stopped, and puts it in place only when its checksum is right.
 * @returns the file's SHA-256
 * @throws DataError `download-interrupted`, `download-refused`, `download-length`, `download-checksum`, `file-enospc` and the like
 */
export async function download(options: DownloadOptions): Promise<string> {
  const part = `${options.path}.part`;
  const attempts = options.attempts ?? 5;
  let idle = 0;
  let reason = "";
  const expected: Expected = { bytes: options.bytes };
  while (idle < attempts) {
    options.signal?.throwIfAborted();
    if (idle > 0) await pause((options.pauseMs ?? 1000) * 2 ** (idle - 1), undefined, { signal: options.signal });
    const before = await lengthOf(part);
    try {
      await fetchRest(part, before, options, expected);
      return await settle(part, options);
    } catch (error) {
      if (options.signal?.aborted || error instanceof OsteonError) throw error;
      const described = fileError(error, part);
      if (described !== error) throw described;
      reason = messageOf(error);
    }
    idle = (await lengthOf(part)) > before ? 0 : idle + 1;
  }
  const have = await lengthOf(part);
  throw new DataError(
    "download-interrupted",
    `${options.url}: expected ${expected.bytes ?? "a number of"} bytes, got ${have} before the connection failed (${reason}). Run the same command again: it goes on from there.`,
  );
}

/** What is known of the file so far. */
interface Expected {
  bytes: number | undefined;
}

/** Checks what came and gives it its name, or removes it. */
async function settle(part: string, options: DownloadOptions): Promise<string> {
  const found = await hashFile(part);
  if (found?.startsWith(options.sha256 ?? "")) {
    await rename(part, options.path);
    return found;
  }
  await rm(part, { force: true });
  throw new DataError(
    "download-checksum",
    `${options.url}: expected SHA-256 ${sha256Text(options.sha256)}, got ${found}. The file was removed; try again, and if it happens again, something between here and the server changes the file.`,
  );
}

/** The digits that are known, with dots for the rest. */
function sha256Text(known = ""): string {
  return known.length < 64 ? `${known}...` : known;
}

/** One connection: asks for what is missing and appends it. Returns when the file is complete. */
async function fetchRest(part: string, have: number, options: DownloadOptions, expected: Expected): Promise<void> {
  if (have > (expected.bytes ?? Infinity)) {
    await rm(part, { force: true });
    return fetchRest(part, 0, options, expected);
  }
  if (have === expected.bytes) return;
  const watch = new Watchdog(options.silenceMs ?? 60_000, options.signal);
  let handle: FileHandle | undefined;
  try {
    const headers: Record<string, string> = { "accept-encoding": "identity" };
    if (have > 0) headers.range = `bytes=${have}-`;
    const response = await fetch(options.url, { headers, signal: watch.signal });
    const start = await startOf(response, have, options.url, expected);
    if (start === expected.bytes) return;
    handle = await open(part, start === 0 ? "w" : "a");
    let done = start;
    for await (const chunk of response.body ?? []) {
      watch.touch();
      done += chunk.length;
      if (done > (expected.bytes ?? Infinity)) throw wrongLength(options.url, expected, `more than that`);
      await handle.writeFile(chunk);
      options.onProgress?.({ task: path.basename(options.path), done, total: expected.bytes ?? done, unit: "bytes" });
    }
    if (done < (expected.bytes ?? done)) throw new Error(`the connection closed after ${done} bytes`);
    await handle.sync();
  } catch (error) {
    throw watch.explain(error);
  } finally {
    watch.stop();
    await handle?.close();
  }
}

/** Holds the length that the server announces against the one that is known. */
async function compareLength(announced: string | null | undefined, response: Response, url: string, expected: Expected): Promise<void> {
  if (announced === null || announced === undefined || announced === "*") return;
  if (expected.bytes !== undefined && Number(announced) !== expected.bytes) {
    await response.body?.cancel();
    throw wrongLength(url, expected, announced);
  }
  expected.bytes = Number(announced);
}

/** Where the body's first byte belongs: the server may ignore the range and send everything. */
async function startOf(response: Response, have: number, url: string, expected: Expected): Promise<number> {
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
  if (response.status === 206) {
    await compareLength(range?.[2], response, url, expected);
    if (Number(range?.[1]) === have) return have;
    throw new Error(`the server answered another range than bytes ${have}-`);
  }
  // All of it was here already, which only the server knew.
  if (response.status === 416 && Number(range?.[2]) === have) {
    await response.body?.cancel();
    expected.bytes = have;
    return have;
  }
  if (response.status !== 200) {
    await response.body?.cancel();
    const text = `${response.status} ${response.statusText}`.trim();
    // Overload passes; a refusal or a missing file does not.
    if (response.status >= 500 || response.status === 429 || response.status === 408) throw new Error(`the server answered ${text}`);
    throw new DataError("download-refused", `${url}: expected the file, got the answer ${text}. Download it by other means and pass its path.`);
  }
  await compareLength(response.headers.get("content-length"), response, url, expected);
  return 0;
}

function wrongLength(url: string, { bytes }: Expected, got: string): DataError {
  return new DataError("download-length", `${url}: expected ${bytes} bytes, got ${got}. The file at this address is another one; report it.`);
}

async function lengthOf(filePath: string): Promise<number> {
  return stat(filePath).then(({ size }) => size, () => 0);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== "" ? `${error.message}: ${error.cause.message}` : error.message;
}

/** Cuts a connection that stays silent, and tells that apart from the caller's own wish to stop. */
class Watchdog {
  readonly #controller = new AbortController();
  readonly signal: AbortSignal;
  #timer: NodeJS.Timeout;

  constructor(
    private readonly silenceMs: number,
    caller: AbortSignal | undefined,
  ) {
    this.signal = caller === undefined ? this.#controller.signal : AbortSignal.any([caller, this.#controller.signal]);
    this.#timer = this.#arm();
  }

  touch(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  explain(error: unknown): unknown {
    return this.#controller.signal.aborted ? new Error(`silent for ${this.silenceMs / 1000} s`) : error;
  }

  #arm(): NodeJS.Timeout {
    return setTimeout(() => this.#controller.abort(), this.silenceMs);
  }
}
