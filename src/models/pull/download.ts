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
  readonly sha256: string;
  readonly bytes: number;
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
 * @throws DataError `download-interrupted`, `download-refused`, `download-length`, `download-checksum`, `file-enospc` and the like
 */
export async function download(options: DownloadOptions): Promise<void> {
  const part = `${options.path}.part`;
  const attempts = options.attempts ?? 5;
  let idle = 0;
  let reason = "";
  while (idle < attempts) {
    options.signal?.throwIfAborted();
    if (idle > 0) await pause((options.pauseMs ?? 1000) * 2 ** (idle - 1), undefined, { signal: options.signal });
    const before = await lengthOf(part);
    try {
      await fetchRest(part, before, options);
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
    `${options.url}: expected ${options.bytes} bytes, got ${have} before the connection failed (${reason}). Run the same command again: it goes on from there.`,
  );
}

/** Checks what came and gives it its name, or removes it. */
async function settle(part: string, options: DownloadOptions): Promise<void> {
  const found = await hashFile(part);
  if (found === options.sha256) {
    await rename(part, options.path);
    return;
  }
  await rm(part, { force: true });
  throw new DataError(
    "download-checksum",
    `${options.url}: expected SHA-256 ${options.sha256}, got ${found}. The file was removed; try again, and if it happens again, something between here and the server changes the file.`,
  );
}

/** One connection: asks for what is missing and appends it. Returns when the file is complete. */
async function fetchRest(part: string, have: number, options: DownloadOptions): Promise<void> {
  if (have > options.bytes) {
    await rm(part, { force: true });
    return fetchRest(part, 0, options);
  }
  if (have === options.bytes) return;
  const watch = new Watchdog(options.silenceMs ?? 60_000, options.signal);
  let handle: FileHandle | undefined;
  try {
    const headers: Record<string, string> = { "accept-encoding": "identity" };
    if (have > 0) headers.range = `bytes=${have}-`;
    const response = await fetch(options.url, { headers, signal: watch.signal });
    const start = await startOf(response, have, options);
    handle = await open(part, start === 0 ? "w" : "a");
    let done = start;
    for await (const chunk of response.body ?? []) {
      watch.touch();
      done += chunk.length;
      if (done > options.bytes) throw wrongLength(options, `more than that`);
      await handle.writeFile(chunk);
      options.onProgress?.({ task: path.basename(options.path), done, total: options.bytes, unit: "bytes" });
    }
    if (done < options.bytes) throw new Error(`the connection closed after ${done} bytes`);
    await handle.sync();
  } catch (error) {
    throw watch.explain(error);
  } finally {
    watch.stop();
    await handle?.close();
  }
}

/** Where the body's first byte belongs: the server may ignore the range and send everything. */
async function startOf(response: Response, have: number, options: DownloadOptions): Promise<number> {
  if (response.status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
    if (range?.[2] !== undefined && range[2] !== "*" && Number(range[2]) !== options.bytes) throw wrongLength(options, range[2]);
    if (Number(range?.[1]) === have) return have;
    throw new Error(`the server answered another range than bytes ${have}-`);
  }
  if (response.status !== 200) {
    await response.body?.cancel();
    const text = `${response.status} ${response.statusText}`.trim();
    // Overload passes; a refusal or a missing file does not.
    if (response.status >= 500 || response.status === 429 || response.status === 408) throw new Error(`the server answered ${text}`);
    throw new DataError("download-refused", `${options.url}: expected the file, got the answer ${text}. Download it by other means and pass its path.`);
  }
  const announced = response.headers.get("content-length");
  if (announced !== null && Number(announced) !== options.bytes) {
    await response.body?.cancel();
    throw wrongLength(options, announced);
  }
  return 0;
}

function wrongLength(options: DownloadOptions, got: string): DataError {
  return new DataError("download-length", `${options.url}: expected ${options.bytes} bytes, got ${got}. The file at this address is another one; report it.`);
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
