import { createHash, randomBytes } from "node:crypto";
import { appendFile, chmod, mkdir, open, readFile, readdir, rename, rm, stat, writeFile, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../../base/index.js";
import { lockFile, withFileErrors, writeFileAtomic } from "../../files/index.js";
import { freeBytes, moveDurably, syncFolder, writeDurably } from "./durable.js";
import { readRecord } from "./read-queue.js";
import { isQueueId, queueId, queueStates, recordSchema, uidKey, type QueueRecord, type QueueState } from "./record.js";

export interface QueueOptions {
  /** Bytes of the disk that are left to results and to other programs: below it nothing is taken; default 1 GiB. */
  readonly reserveBytes?: number;
  /** Hash of the rules and models: an image that another setup judged is judged again when it comes again. */
  readonly setup?: string;
}

/** Takes one object as it comes. */
export interface Intake {
  write(chunk: Uint8Array): Promise<number | undefined>;
  /** @returns 0 once the object is lasting, else the DIMSE status of the refusal */
  finish(): Promise<number>;
  discard(): Promise<void>;
}

/** One image's results, waiting to be sent. */
export interface Outgoing {
  readonly record: QueueRecord;
  /** Part 10 files in the order in which they have to be stored. */
  readonly files: readonly Uint8Array[];
}

export interface Origin {
  /** SOPInstanceUID. */
  readonly instance: string;
  readonly origin: string;
  /** What stands before the data set in the file. */
  readonly head?: Uint8Array;
}

const outOfResources = 0xa700;
const later: Readonly<Record<QueueState, number>> = { received: 0, outgoing: 1, refused: 2, failed: 3, done: 4 };

/**
 * A queue on disk: a folder for each state, and a rename between them. What was acknowledged is there after SIGKILL and power cuts;
 * an image that comes again is the one that is there.
 */
export class DiskQueue {
  readonly #folder: string;
  readonly #reserveBytes: number;
  readonly #setup: string | undefined;
  readonly #states = new Map<string, QueueState>();
  readonly #byUid = new Map<string, Set<string>>();
  /** In the order in which they are to be worked on. */
  readonly #waiting: string[] = [];
  readonly #outgoing: string[] = [];
  readonly #entering = new Map<string, Promise<void>>();
  #secret: Uint8Array = new Uint8Array(0);
  /** Results that an earlier process may have sent. */
  readonly #recovered = new Set<string>();
  readonly #results = new Set<string>();
  #unlock: () => Promise<void> = async () => {};
  /** Called when something new waits. */
  onChange: () => void = () => {};

  private constructor(folder: string, { reserveBytes = 2 ** 30, setup }: QueueOptions) {
    this.#folder = folder;
    this.#reserveBytes = reserveBytes;
    this.#setup = setup;
  }

  /**
   * Opens a queue for this process alone and puts right what a crash left.
   * @throws InputError `folder-in-use`; DataError `file-...`
   */
  static async open(folder: string, options: QueueOptions = {}): Promise<DiskQueue> {
    const queue = new DiskQueue(folder, options);
    await withFileErrors("queue", async () => {
      for (const name of ["incoming", "work", "attempts", ...queueStates]) await mkdir(path.join(folder, name), { recursive: true, mode: 0o700 });
    });
    queue.#unlock = await lockFile(path.join(folder, ".lock"), "queue");
    try {
      await withFileErrors("queue", async () => {
        queue.#secret = await queue.#readSecret();
        for (const key of (await readFile(queue.#at("results"), "utf8").catch(() => "")).split("\n")) queue.#results.add(key);
        await queue.#recover();
      });
    } catch (error) {
      await queue.#unlock();
      throw error;
    }
    return queue;
  }

  async close(): Promise<void> {
    await this.#unlock();
  }

  /** A hash under the queue's secret: the same for the same text, and telling nothing of it. */
  keyOf(text: string): string {
    return uidKey(text, this.#secret);
  }

  /** Made once; the same name for the same object hangs on it. */
  async #readSecret(): Promise<Buffer> {
    const file = this.#at(".secret");
    const kept = await readFile(file).catch(() => undefined);
    if (kept?.length === 32) return kept;
    await writeFileAtomic(file, randomBytes(32));
    await chmod(file, 0o600);
    return readFile(file);
  }

  #at(...names: string[]): string {
    return path.join(this.#folder, ...names);
  }

  /** Records lie in folders by their first letters, so that none grows too long. */
  #recordFile(state: "done" | "refused" | "failed", id: string): string {
    return this.#at(state, id.slice(0, 2), `${id}.json`);
  }

  #note(id: string, state: QueueState): void {
    this.#states.set(id, state);
    const key = id.slice(0, 24);
    const ids = this.#byUid.get(key);
    if (ids === undefined) this.#byUid.set(key, new Set([id]));
    else ids.add(id);
  }

  async #recover(): Promise<void> {
    for (const name of ["incoming", "work"]) {
      await rm(this.#at(name), { recursive: true, force: true });
      await mkdir(this.#at(name), { mode: 0o700 });
    }
    const found = new Map<string, QueueState>();
    for (const state of queueStates) {
      for (const entry of await readdir(this.#at(state), { recursive: state !== "outgoing" && state !== "received" })) {
        const id = path.basename(entry).replace(/\.(json|dcm)$/, "");
        if (!isQueueId(id) || (state !== "received" && state !== "outgoing" && !entry.endsWith(".json"))) continue;
        const before = found.get(id);
        if (before === undefined || later[state] > later[before]) found.set(id, state);
      }
    }
    for (const [id, state] of found) {
      this.#note(id, state);
      // A crash between two steps left the earlier one, too.
      if (state === "failed") await this.#keepImage(id);
      if (state !== "received") await rm(this.#at("received", `${id}.dcm`), { force: true });
      if (state !== "received" && state !== "outgoing") await rm(this.#at("outgoing", id), { recursive: true, force: true });
      if (state !== "received") await rm(this.#at("attempts", id), { force: true });
      if (state !== "received" && state !== "outgoing") await rm(this.#at("attempts", `${id}.origin`), { force: true });
    }
    const timed = async (state: "received" | "outgoing", ending: string): Promise<{ id: string; at: number; tries: number }[]> => {
      const list: { id: string; at: number; tries: number }[] = [];
      for (const [id, own] of found) if (own === state) list.push({ id, at: (await stat(this.#at(state, id + ending))).mtimeMs, tries: await this.attempts(id) });
      // What was being worked on when the process ended comes last: should it be the cause, the others are not held up.
      return list.sort((a, b) => a.tries - b.tries || a.at - b.at || (a.id < b.id ? -1 : 1));
    };
    this.#waiting.push(...(await timed("received", ".dcm")).map(({ id }) => id));
    this.#outgoing.push(...(await timed("outgoing", "")).map(({ id }) => id));
    for (const id of this.#outgoing) this.#recovered.add(id);
  }

  /** Whether an object is a result that was made here: it needs not be looked at. */
  isResult(instance: string): boolean {
    return this.#results.has(this.keyOf(instance));
  }

  /** Noted so that a source that is also the destination does not give them back; what is lost of it costs a look. */
  async #noteResults(record: QueueRecord): Promise<void> {
    const keys = (record.results ?? []).map(({ instance }) => this.keyOf(instance)).filter((key) => !this.#results.has(key));
    for (const key of keys) this.#results.add(key);
    if (keys.length > 0) await appendFile(this.#at("results"), keys.map((key) => `${key}\n`).join(""), { mode: 0o600 });
  }

  /** The images of an instance and where they are; empty where it never came. */
  find(instance: string): { id: string; state: QueueState }[] {
    return [...(this.#byUid.get(this.keyOf(instance)) ?? [])].map((id) => ({ id, state: this.#states.get(id)! }));
  }

  counts(): Record<QueueState, number> {
    const counts = { received: 0, outgoing: 0, done: 0, refused: 0, failed: 0 };
    for (const state of this.#states.values()) counts[state] += 1;
    return counts;
  }

  /** Begins to take an object; a status where the disk is too full. */
  async #beginIntake(origin: Origin): Promise<{ handle: FileHandle; temporary: string } | number> {
    const free = await freeBytes(this.#folder);
    if (free !== undefined && free < this.#reserveBytes) return outOfResources;
    const temporary = this.#at("incoming", `${randomBytes(12).toString("hex")}.part`);
    const handle = await open(temporary, "wx", 0o600);
    try {
      if (origin.head !== undefined) await handle.writeFile(origin.head);
      return { handle, temporary };
    } catch (error) {
      await handle.close().catch(() => {});
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** Takes an object piece by piece. Nothing of it is in the queue before `finish` gives 0. */
  intake(origin: Origin): Intake {
    const begun = this.#beginIntake(origin).catch(() => outOfResources);
    const hash = createHash("sha256");
    const drop = async (): Promise<void> => {
      const opened = await begun;
      if (typeof opened === "number") return;
      await opened.handle.close().catch(() => {});
      await rm(opened.temporary, { force: true });
    };
    return {
      write: async (chunk) => {
        const opened = await begun;
        if (typeof opened === "number") return opened;
        try {
          hash.update(chunk);
          await opened.handle.writeFile(chunk);
          return undefined;
        } catch {
          return outOfResources;
        }
      },
      finish: async () => {
        const opened = await begun;
        if (typeof opened === "number") return opened;
        try {
          await opened.handle.sync();
          await opened.handle.close();
          await this.#enterInTurn(queueId(this.keyOf(origin.instance), hash.digest("hex")), opened.temporary, origin);
          return 0;
        } catch {
          await drop();
          return outOfResources;
        }
      },
      discard: drop,
    };
  }

  /**
   * Takes a whole file, lasting once this returns.
   * @throws DataError `queue-full`
   */
  async accept(bytes: Uint8Array, origin: Origin): Promise<void> {
    const intake = this.intake(origin);
    const refused = await intake.write(bytes);
    const status = refused ?? (await intake.finish());
    if (refused !== undefined) await intake.discard();
    if (status !== 0) throw new DataError("queue-full", "queue: expected room on the disk, got too little. Free some space: what was acknowledged is kept.");
  }

  /** The same object may come on two lines at once. */
  async #enterInTurn(id: string, temporary: string, origin: Origin): Promise<void> {
    const before = this.#entering.get(id) ?? Promise.resolve();
    const own = before.catch(() => {}).then(() => this.#enter(id, temporary, origin));
    this.#entering.set(id, own);
    try {
      await own;
    } finally {
      if (this.#entering.get(id) === own) this.#entering.delete(id);
    }
  }

  async #enter(id: string, temporary: string, { origin }: Origin): Promise<void> {
    const state = this.#states.get(id);
    const again = state === "refused" || state === "failed" || (state === "done" && this.#setup !== undefined && (await this.read(id))?.setup !== this.#setup);
    if (state !== undefined && !again) return rm(temporary, { force: true });
    await writeDurably(this.#at("attempts", `${id}.origin`), JSON.stringify({ origin, receivedAt: new Date().toISOString() }));
    const target = this.#at("received", `${id}.dcm`);
    await moveDurably(temporary, target);
    // The record of the earlier time would be the later state at the next start.
    if (again) await this.#removeRecords(id);
    this.#note(id, "received");
    this.#waiting.push(id);
    this.onChange();
  }

  async #removeRecords(id: string): Promise<void> {
    for (const state of ["done", "refused", "failed"] as const) {
      await rm(this.#recordFile(state, id), { force: true });
      await syncFolder(path.dirname(this.#recordFile(state, id))).catch(() => {});
    }
    await rm(this.#at("failed", id.slice(0, 2), `${id}.dcm`), { force: true });
  }

  /** The next image to be worked on; it stays where it is until it is settled. */
  next(): string | undefined {
    return this.#waiting[0];
  }

  /** Puts the first image behind the others. */
  postpone(): void {
    const id = this.#waiting.shift();
    if (id !== undefined) this.#waiting.push(id);
  }

  nextOutgoing(): string | undefined {
    return this.#outgoing[0];
  }

  postponeOutgoing(): void {
    const id = this.#outgoing.shift();
    if (id !== undefined) this.#outgoing.push(id);
  }

  async image(id: string): Promise<{ bytes: Uint8Array; origin: string; receivedAt: string }> {
    const bytes = await readFile(this.#at("received", `${id}.dcm`));
    const told = await readFile(this.#at("attempts", `${id}.origin`), "utf8").then((text) => JSON.parse(text) as { origin: string; receivedAt: string }, () => undefined);
    return { bytes, origin: told?.origin ?? "unknown", receivedAt: told?.receivedAt ?? (await stat(this.#at("received", `${id}.dcm`))).mtime.toISOString() };
  }

  /** How often work on the image, or its sending, began. */
  async attempts(id: string): Promise<number> {
    return Number(await readFile(this.#at("attempts", id), "utf8").catch(() => "0")) || 0;
  }

  /** Notes that work begins, so that an image that ends the process is known as such. */
  async beginAttempt(id: string): Promise<number> {
    const attempts = (await this.attempts(id)) + 1;
    await writeFile(this.#at("attempts", id), String(attempts));
    return attempts;
  }

  /** received -> outgoing: results and record together, or not at all. */
  async toOutgoing(id: string, record: QueueRecord, files: readonly Uint8Array[]): Promise<void> {
    await withFileErrors("queue", async () => {
      await this.#noteResults(record);
      const work = this.#at("work", id);
      try {
        await rm(work, { recursive: true, force: true });
        await mkdir(work, { mode: 0o700 });
        for (const [i, bytes] of files.entries()) await writeDurably(path.join(work, `${String(i).padStart(3, "0")}.dcm`), bytes);
        await writeDurably(path.join(work, "record.json"), JSON.stringify(record));
        await syncFolder(work);
        await moveDurably(work, this.#at("outgoing", id));
      } catch (error) {
        // What was begun would hold the space that a full disk lacks.
        await rm(work, { recursive: true, force: true });
        throw error;
      }
      await rm(this.#at("received", `${id}.dcm`), { force: true });
      await rm(this.#at("attempts", id), { force: true });
    });
    this.#states.set(id, "outgoing");
    this.#waiting.splice(this.#waiting.indexOf(id), 1);
    this.#outgoing.push(id);
    this.onChange();
  }

  /** @throws DataError `queue-record` where what lies there is damaged */
  async outgoing(id: string): Promise<Outgoing> {
    const folder = this.#at("outgoing", id);
    const names = (await readdir(folder)).filter((name) => name.endsWith(".dcm")).sort();
    const files: Uint8Array[] = [];
    for (const name of names) files.push(await readFile(path.join(folder, name)));
    const record = recordSchema.safeParse(JSON.parse(await readFile(path.join(folder, "record.json"), "utf8")));
    if (!record.success) throw new DataError("queue-record", "queue: expected a record beside the results, got something else. Send the image again.");
    return { record: { ...record.data, recovered: this.#recovered.has(id) }, files };
  }

  /** To a last state: the record is lasting before what it is about is removed; the image of a failure is kept. */
  async settle(id: string, state: "done" | "refused" | "failed", record: QueueRecord): Promise<void> {
    const file = this.#recordFile(state, id);
    await withFileErrors("queue", async () => {
      // The study's own name is needed no longer.
      const results = record.results?.map(({ study: _study, ...rest }) => rest);
      await writeFileAtomic(file, `${JSON.stringify({ ...recordSchema.parse(record), ...(results && { results }), settledAt: new Date().toISOString() })}\n`);
      await syncFolder(this.#at(state));
      if (state === "failed") await this.#keepImage(id);
      await rm(this.#at("received", `${id}.dcm`), { force: true });
      await rm(this.#at("outgoing", id), { recursive: true, force: true });
      for (const ending of ["", ".origin"]) await rm(this.#at("attempts", id + ending), { force: true });
    });
    for (const list of [this.#waiting, this.#outgoing]) if (list.includes(id)) list.splice(list.indexOf(id), 1);
    this.#states.set(id, state);
    this.onChange();
  }

  /** The image of a failure lies beside its record. */
  async #keepImage(id: string): Promise<void> {
    await rename(this.#at("received", `${id}.dcm`), this.#recordFile("failed", id).replace(/json$/, "dcm")).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }

  /** The record of a settled image. */
  async read(id: string): Promise<QueueRecord | undefined> {
    const state = this.#states.get(id);
    if (state === undefined || state === "received" || state === "outgoing") return undefined;
    return readRecord(this.#recordFile(state, id));
  }
}
