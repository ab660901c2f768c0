import path from "node:path";
import { encodeFileMeta } from "../../dicom/index.js";
import { DicomWebClient } from "../dicomweb/client.js";
import { CommitmentDesk, type CommitmentReport } from "../dimse/commitment.js";
import { parsePeer } from "../dimse/peer.js";
import { listenDimse, type Provider } from "../dimse/provider.js";
import { DiskQueue } from "../queue/queue.js";
import type { Analyst, Judgement, OnListenEvent } from "./contract.js";
import { deliver } from "./deliver.js";
import { dimseDestination, webDestination, type Destination } from "./destination.js";
import { poll } from "./poll.js";
import { work } from "./work.js";
import { followWorklist } from "./follow-worklist.js";
import { readService, readTls, type Surroundings } from "./read-settings.js";
import type { ListenSettings } from "./settings.js";

export interface ListenOptions extends Surroundings {
  readonly softwareVersion: string;
  readonly onEvent: OnListenEvent;
  readonly signal: AbortSignal;
  /** Called once a judgement is lasting: what watches over the models. */
  readonly onJudged?: (judgement: Judgement, keyOf: (text: string) => string) => Promise<void>;
  /** Used instead of the settings' models. */
  readonly analyst?: Analyst;
  /** Ends once nothing waits any more; without it the listener goes on until the signal. */
  readonly untilIdle?: boolean;
}

/** Wakes whoever waits when something changed. */
class Bell {
  #waiting: (() => void)[] = [];

  ring(): void {
    const woken = this.#waiting;
    this.#waiting = [];
    for (const wake of woken) wake();
  }

  wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      this.#waiting.push(resolve);
    });
  }
}

async function openDestination({ dicomweb, dimse }: ListenSettings["send"], desk: CommitmentDesk, surroundings: Surroundings): Promise<Destination> {
  // The queue waits and tries again; here a broken line is tried but a few times.
  if (dicomweb !== undefined) return webDestination(new DicomWebClient(dicomweb.url, { ...(await readService(dicomweb, surroundings)), backOff: { attempts: 2, firstWaitMs: 300 } }));
  const tls = await readTls(dimse!.tls, surroundings);
  return dimseDestination({ ...parsePeer(dimse!.peer, dimse!.title), ...(tls && { tls }) }, dimse!.commit ? desk : undefined);
}

/**
 * Receives images, has them judged, and sends the results, until the signal is aborted. Then the image at hand is finished, or left
 * as it was.
 * @throws InputError and DataError for settings, models and queues that cannot be used
 */
export async function listen(settings: ListenSettings, options: ListenOptions): Promise<void> {
  const { onEvent, signal, softwareVersion, folder, onJudged } = options;
  const models = Object.fromEntries(Object.entries(settings.models).map(([name, { file, threads }]) => [name, { file: path.resolve(folder, file), ...(threads !== undefined && { threads }) }]));
  // What runs models is loaded only where models are run.
  const analyst = options.analyst ?? (await (await import("./analyst.js")).openAnalyst({ models, rules: settings.rules, kinds: settings.send.kinds, malformedUids: settings.send.malformedUids, softwareVersion }));
  let queue: DiskQueue | undefined;
  let provider: Provider | undefined;
  let destination: Destination | undefined;
  const clients: DicomWebClient[] = [];
  // A loop that fails takes the others with it: half a listener would lose nothing and answer no one.
  const stop = new AbortController();
  const end = AbortSignal.any([signal, stop.signal]);
  const bell = new Bell();
  const ring = (): void => bell.ring();
  end.addEventListener("abort", ring, { once: true });
  try {
    queue = await DiskQueue.open(path.resolve(folder, settings.queue), { reserveBytes: settings.reserveMb * 1_000_000, setup: analyst.setup });
    const opened = queue;
    const desk = new CommitmentDesk();
    const target = await openDestination(settings.send, desk, options);
    destination = target;
    queue.onChange = ring;
    /** Sources that were not yet looked through once. */
    let toLookAt = [settings.receive.poll, settings.receive.worklist].filter((source) => source !== undefined).length;
    const onPass = (): void => {
      toLookAt = Math.max(0, toLookAt - 1);
      ring();
    };
    const idle = async (): Promise<void> => {
      const { received, outgoing } = opened.counts();
      if (options.untilIdle === true && toLookAt === 0 && received + outgoing === 0) stop.abort();
      await bell.wait(end);
    };
    const common = { queue, onEvent, signal: end };
    const loops: (() => Promise<void>)[] = [() => work({ ...common, analyst, idle, onJudged: (judgement) => onJudged?.(judgement, (text) => opened.keyOf(text)) ?? Promise.resolve() }), () => deliver({ ...common, destination: target, verify: settings.send.verify, idle })];
    const { dimse, poll: polled, worklist } = settings.receive;
    if (polled !== undefined) {
      const client = new DicomWebClient(polled.url, await readService(polled, options));
      clients.push(client);
      loops.push(() => poll({ ...common, client, match: polled.match, everyMs: polled.every * 1000, memory: path.resolve(folder, settings.queue, "looked-at.json"), onPass }));
    }
    if (worklist !== undefined) {
      const client = new DicomWebClient(worklist.url, await readService(worklist, options));
      clients.push(client);
      loops.push(() => followWorklist({ ...common, client, folder: path.resolve(folder, settings.queue, "worklist"), match: worklist.match, everyMs: worklist.every * 1000, onPass }));
    }
    if (dimse !== undefined) {
      const tls = await readTls(dimse.tls, options);
      provider = await listenDimse({
        host: dimse.host,
        port: dimse.port,
        title: dimse.title,
        allow: dimse.allow,
        ...(tls && { tls }),
        maxAssociations: dimse.maxAssociations,
        maxObjectBytes: dimse.maxObjectMb * 1_000_000,
        ...(settings.send.dimse?.commit === true && { onCommitment: (report: CommitmentReport) => desk.receive(report) }),
        onEvent: (event) => onEvent({ kind: "association", event }),
        begin: (names) => {
          const origin = `dimse:${names.sender}`;
          const intake = opened.intake({ instance: names.instance, origin, head: encodeFileMeta(names) });
          const finish = async (): Promise<number> => {
            const status = await intake.finish();
            const [found] = opened.find(names.instance);
            if (status === 0 && found !== undefined) onEvent({ kind: "received", id: found.id, origin });
            else if (status !== 0) onEvent({ kind: "waiting", for: "disk", reason: "an object was refused: the disk is full", seconds: 0 });
            return status;
          };
          return { ...intake, finish };
        },
      });
    }
    // From here on nothing fails before all loops are awaited.
    const counts = queue.counts();
    onEvent({ kind: "ready", ...(provider && { port: provider.port }), models: analyst.models, waiting: counts.received, outgoing: counts.outgoing });
    const ends = await Promise.allSettled(
      loops.map(async (loop) => {
        try {
          await loop();
        } finally {
          stop.abort();
        }
      }),
    );
    for (const one of ends) if (one.status === "rejected") throw one.reason;
  } finally {
    end.removeEventListener("abort", ring);
    await provider?.close();
    for (const client of clients) client.close();
    destination?.close();
    await queue?.close();
    if (options.analyst === undefined) await analyst.release();
  }
}
