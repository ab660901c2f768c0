import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../../base/index.js";
import { lockFile, syncFolder, withFileErrors, writeFileAtomic } from "../../files/index.js";
import { moveDurably, writeDurably } from "./durable.js";
import { HashList } from "./hash-list.js";
import { openIntake, type Intake, type Origin } from "./intake.js";
import { QueueLayout } from "./layout.js";
import { readRecord } from "./read-queue.js";
import { queueId, queueStates, recordSchema, uidKey, type QueueRecord, type QueueState } from "./record.js";
import { keepFailedImage, readAttempts, recoverQueue } from "./recover.js";

export interface QueueOptions {
  /** Bytes of the disk that are left to results and to other programs: below it nothing is taken; default 1 GiB. */
  readonly reserveBytes?: number;
  /** Hash of the rules and models: an image that another setup judged is judged again when it comes again. */
  readonly setup?: string;
}

/** One image's results, waiting to be sent. */
export interface Outgoing {
  readonly record: QueueRecord;
  /** Part 10 files in the order in which they have to be stored. */
  readonly files: readonly Uint8Array[];
}

/**
 * A queue on disk: a folder for each state, and a rename between them. What was acknowledged is there after SIGKILL and power cuts;
 * an image that comes again is the one that is there.
 */
export class DiskQueue {
  readonly #layout: QueueLayout;
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
  #results!: HashList;
  /** Series and studies that were decided on, and those whose results are on their way. */
  #decided!: HashList;
  readonly #deciding = new Map<string, string>();
  /** Received images that wait for the rest of their series or study, or for its results to be stored. */
  readonly #held = new Set<string>();
  #unlock: () => Promise<void> = async () => {};
  /** Called when something new waits. */
  onChange: () => void = () => {};

  private constructor(folder: string, { reserveBytes = 2 ** 30, setup }: QueueOptions) {
    this.#layout = new QueueLayout(folder);
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
        queue.#results = await HashList.open(queue.#layout.at("results"));
        queue.#decided = await HashList.open(queue.#layout.at("units"));
        const { states, waiting, outgoing, records } = await recoverQueue(queue.#layout);
        for (const [id, state] of states) queue.#note(id, state);
        for (const [id, record] of records) queue.#beginDeciding(id, record);
        queue.#waiting.push(...waiting.filter((id) => !queue.#held.has(id)));
        queue.#outgoing.push(...outgoing);
        for (const id of outgoing) queue.#recovered.add(id);
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
    const file = this.#layout.at(".secret");
    const kept = await readFile(file).catch(() => undefined);
    if (kept?.length === 32) return kept;
    await writeFileAtomic(file, randomBytes(32));
    await chmod(file, 0o600);
    return readFile(file);
  }

  #note(id: string, state: QueueState): void {
    this.#states.set(id, state);
    const key = id.slice(0, 24);
    const ids = this.#byUid.get(key);
    if (ids === undefined) this.#byUid.set(key, new Set([id]));
    else ids.add(id);
  }

  /** Whether an object is a result that was made here: it needs not be looked at. */
  isResult(instance: string): boolean {
    return this.#results.has(this.keyOf(instance));
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

  /** Takes an object piece by piece. Nothing of it is in the queue before `finish` gives 0. */
  intake(origin: Origin): Intake {
    return openIntake(origin, {
      layout: this.#layout,
      reserveBytes: this.#reserveBytes,
      enter: ({ contentSha256, temporary }) => this.#enterInTurn(queueId(this.keyOf(origin.instance), contentSha256), temporary, origin),
    });
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
    await writeDurably(this.#layout.origin(id), JSON.stringify({ origin, receivedAt: new Date().toISOString() }));
    const target = this.#layout.received(id);
    await moveDurably(temporary, target);
    // The record of the earlier time would be the later state at the next start.
    if (again) await this.#removeRecords(id);
    this.#note(id, "received");
    this.#waiting.push(id);
    this.onChange();
  }

  async #removeRecords(id: string): Promise<void> {
    for (const state of ["done", "refused", "failed"] as const) {
      await rm(this.#layout.record(state, id), { force: true });
      await syncFolder(path.dirname(this.#layout.record(state, id))).catch(() => {});
    }
    await rm(this.#layout.failedImage(id), { force: true });
  }

  /** The next image to be worked on; it stays where it is until it is settled. */
  next(): string | undefined {
    return this.#waiting[0];
  }

  /** Sets an image aside that is not to be worked on alone; it stays where it is, and waits anew after a restart. */
  async hold(id: string): Promise<void> {
    this.#leave(id);
    this.#held.add(id);
    // That it waits is no failed attempt.
    await writeFile(this.#layout.attempts(id), String(Math.max(0, (await this.attempts(id)) - 1)));
  }

  #leave(id: string): void {
    for (const list of [this.#waiting, this.#outgoing]) if (list.includes(id)) list.splice(list.indexOf(id), 1);
    this.#held.delete(id);
  }

  /** Whether a series or study, named by a hash, was decided on. */
  isDecided(unit: string): boolean {
    return this.#decided.has(unit) || [...this.#deciding.values()].includes(unit);
  }

  #beginDeciding(id: string, { unit, members = [] }: QueueRecord): void {
    if (unit !== undefined) this.#deciding.set(id, unit);
    for (const member of members) this.#held.add(member);
  }

  nextOutgoing(): string | undefined {
    return this.#outgoing[0];
  }

  postponeOutgoing(): void {
    const id = this.#outgoing.shift();
    if (id !== undefined) this.#outgoing.push(id);
  }

  async image(id: string): Promise<{ bytes: Uint8Array; origin: string; receivedAt: string }> {
    return { bytes: await readFile(this.#layout.received(id)), ...(await this.arrival(id)) };
  }

  /** How and when an image came that is not settled. */
  async arrival(id: string): Promise<{ origin: string; receivedAt: string }> {
    const told = await readFile(this.#layout.origin(id), "utf8").then((text) => JSON.parse(text) as { origin: string; receivedAt: string }, () => undefined);
    return { origin: told?.origin ?? "unknown", receivedAt: told?.receivedAt ?? (await stat(this.#layout.received(id))).mtime.toISOString() };
  }

  /** How often work on the image, or its sending, began. */
  async attempts(id: string): Promise<number> {
    return readAttempts(this.#layout, id);
  }

  /** Notes that work begins, so that an image that ends the process is known as such. */
  async beginAttempt(id: string): Promise<number> {
    const attempts = (await this.attempts(id)) + 1;
    await writeFile(this.#layout.attempts(id), String(attempts));
    return attempts;
  }

  /** received -> outgoing: results and record together, or not at all. The record's other members stay until it is settled. */
  async toOutgoing(id: string, record: QueueRecord, files: readonly Uint8Array[]): Promise<void> {
    await withFileErrors("queue", async () => {
      // Noted so that a source that is also the destination does not give them back; what is lost of it costs a look.
      await this.#results.add((record.results ?? []).map(({ instance }) => this.keyOf(instance)));
      const work = this.#layout.at("work", id);
      try {
        await rm(work, { recursive: true, force: true });
        await mkdir(work, { mode: 0o700 });
        for (const [i, bytes] of files.entries()) await writeDurably(path.join(work, `${String(i).padStart(3, "0")}.dcm`), bytes);
        await writeDurably(path.join(work, "record.json"), JSON.stringify(record));
        await syncFolder(work);
        await moveDurably(work, this.#layout.outgoing(id));
      } catch (error) {
        // What was begun would hold the space that a full disk lacks.
        await rm(work, { recursive: true, force: true });
        throw error;
      }
      await rm(this.#layout.received(id), { force: true });
      await rm(this.#layout.attempts(id), { force: true });
    });
    this.#states.set(id, "outgoing");
    this.#leave(id);
    this.#outgoing.push(id);
    this.#beginDeciding(id, record);
    this.onChange();
  }

  /** @throws DataError `queue-record` where what lies there is damaged */
  async outgoing(id: string): Promise<Outgoing> {
    const folder = this.#layout.outgoing(id);
    const names = (await readdir(folder)).filter((name) => name.endsWith(".dcm")).sort();
    const files: Uint8Array[] = [];
    for (const name of names) files.push(await readFile(path.join(folder, name)));
    const record = recordSchema.safeParse(JSON.parse(await readFile(path.join(folder, "record.json"), "utf8")));
    if (!record.success) throw new DataError("queue-record", "queue: expected a record beside the results, got something else. Send the image again.");
    return { record: { ...record.data, recovered: this.#recovered.has(id) }, files };
  }

  /** To a last state, with the other images that went into the decision. Those first: until the last step all of it can be done again. */
  async settle(id: string, state: "done" | "refused" | "failed", record: QueueRecord): Promise<void> {
    const { members = [], unit, results: _results, recovered: _recovered, ...shared } = record;
    for (const member of members) {
      if (this.#states.get(member) !== "received") continue;
      await this.#settleOne(member, state, { ...shared, id: member, ...(await this.arrival(member)), ...(unit !== undefined && { unit }), lead: id });
    }
    if (state === "done" && unit !== undefined) await this.#decided.add([unit]);
    await this.#settleOne(id, state, record);
    this.#deciding.delete(id);
    this.onChange();
  }

  /** The record is lasting before what it is about is removed; the image of a failure is kept. */
  async #settleOne(id: string, state: "done" | "refused" | "failed", record: QueueRecord): Promise<void> {
    const file = this.#layout.record(state, id);
    await withFileErrors("queue", async () => {
      // The study's own name is needed no longer.
      const results = record.results?.map(({ study: _study, ...rest }) => rest);
      await writeFileAtomic(file, `${JSON.stringify({ ...recordSchema.parse(record), ...(results && { results }), settledAt: new Date().toISOString() })}\n`);
      await syncFolder(this.#layout.at(state));
      if (state === "failed") await keepFailedImage(this.#layout, id);
      await rm(this.#layout.received(id), { force: true });
      await rm(this.#layout.outgoing(id), { recursive: true, force: true });
      for (const file of [this.#layout.attempts(id), this.#layout.origin(id)]) await rm(file, { force: true });
    });
    this.#leave(id);
    this.#states.set(id, state);
  }

  /** The record of a settled image. */
  async read(id: string): Promise<QueueRecord | undefined> {
    const state = this.#states.get(id);
    if (state === undefined || state === "received" || state === "outgoing") return undefined;
    return readRecord(this.#layout.record(state, id));
  }
}
