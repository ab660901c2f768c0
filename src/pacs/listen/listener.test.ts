import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { DataError } from "../../base/index.js";
import { encodeFileMeta, parseDicom } from "../../dicom/index.js";
import { syntheticFile } from "../../dicom/synthetic.testkit.js";
import { listenDimse } from "../dimse/provider.js";
import { store } from "../dimse/store.js";
import { DiskQueue } from "../queue/queue.js";
import { readQueue } from "../queue/read-queue.js";
import type { Analyst, ListenEvent } from "./contract.js";
import { deliver } from "./deliver.js";
import type { Destination } from "./destination.js";
import { listen } from "./listener.js";
import { parseListenSettings } from "./read-settings.js";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "osteon-listen-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const image = (instance: string, modality = "DX"): Uint8Array => syntheticFile({ SOPInstanceUID: instance, StudyInstanceUID: "1.2", SeriesInstanceUID: "1.2.1", Modality: modality, PatientName: "SECRET^NAME", PatientID: "SECRET-ID" }, new Uint8Array(64));
const result = (instance: string): Uint8Array => syntheticFile({ SOPInstanceUID: `${instance}.99`, StudyInstanceUID: "1.2", SeriesInstanceUID: "1.2.2", SOPClassUID: "1.2.840.10008.5.1.4.1.1.88.34", Modality: "SR" }, undefined);

/** Gives one result for a DX image and for a series of CR, leaves MR alone, cannot read CT. */
const analyst: Analyst = {
  setup: "test",
  models: ["spine"],
  route: (file) => {
    const modality = parseDicom(file).dataset.text("Modality");
    if (modality === "MR") return { kind: "left-alone", reasons: ["rule all: modality MR, wanted DX"] };
    return modality === "CR" ? { kind: "fits", rule: "series", unit: { uid: "1.2.1", waitMs: 300 } } : { kind: "fits", rule: "all" };
  },
  judge: async (images) => {
    const { dataset } = parseDicom(await images[0]!());
    if (dataset.text("Modality") === "CT") throw new DataError("dicom-pixels", "image: expected pixels, got none. Export the file anew.");
    const instance = dataset.text("SOPInstanceUID")!;
    return { kind: "results", rule: "all", model: { name: "spine", sha256: "00" }, decided: "normal", probability: 0.9, remarks: [], objects: [{ kind: "structured-report", sopClass: "1.2.840.10008.5.1.4.1.1.88.34", instance: `${instance}.99`, series: "1.2.2", study: "1.2", bytes: result(instance) }] };
  },
  release: async () => {},
};

const settingsText = (port: number): string => `
queue: queue
reserveMb: 0
receive:
  dimse: { port: 0, allow: [TESTER] }
send:
  dimse: { peer: "PACS@127.0.0.1:${port}", title: OSTEON }
models: { spine: model.onnx }
rules:
  - { name: all, model: spine }
`;

test("images come by C-STORE, results go to the PACS by C-STORE, the rest is left alone with its reason, and no line tells a patient", () =>
  inFolder(async (folder) => {
    const taken = new Map<string, number>();
    const pacs = await listenDimse({ port: 0, title: "PACS", allow: ["OSTEON"], begin: ({ instance }) => ({ write: async () => undefined, finish: async () => (taken.set(instance, (taken.get(instance) ?? 0) + 1), 0), discard: async () => {} }) });
    const events: ListenEvent[] = [];
    const stop = new AbortController();
    let ready: (port: number) => void = () => {};
    const port = new Promise<number>((resolve) => (ready = resolve));
    const listening = listen(parseListenSettings(settingsText(pacs.port), "listen.yaml"), {
      folder,
      environment: {},
      softwareVersion: "0",
      analyst,
      signal: stop.signal,
      onEvent: (event) => {
        events.push(event);
        if (event.kind === "ready") ready(event.port!);
      },
    });
    try {
      const peer = { host: "127.0.0.1", port: await port, title: "OSTEON", callingTitle: "TESTER" };
      const sent = [image("1.5.1"), image("1.5.2"), image("1.5.3", "MR"), image("1.5.4", "CT"), image("1.5.5", "CR"), image("1.5.6", "CR")];
      for (let again = 0; again < 2; again++) {
        assert.ok((await store(peer, sent)).every(({ status }) => status === 0));
        for (let waits = 0; waits < 200 && events.filter(({ kind }) => kind === "sent").length < 3; waits++) await new Promise((resolve) => setTimeout(resolve, 20));
      }
    } finally {
      stop.abort();
      await listening;
      await pacs.close();
    }
    // The two of a series are one decision; which of them it is filed under follows from the queue's secret.
    const ofSeries = taken.has("1.5.5.99") ? "1.5.5.99" : "1.5.6.99";
    assert.deepEqual(Object.fromEntries(taken), { "1.5.1.99": 1, "1.5.2.99": 1, [ofSeries]: 1 });
    assert.deepEqual(events.flatMap((event) => (event.kind === "predicted" ? [event.images ?? 1] : [])).sort((a, b) => a - b), [1, 1, 2]);
    const { counts, records } = await readQueue(path.join(folder, "queue"));
    assert.deepEqual([counts.done, counts.received + counts.outgoing], [4, 0]);
    assert.ok(records.some(({ state, reasons }) => state === "refused" && reasons![0] === "rule all: modality MR, wanted DX"));
    assert.ok(records.some(({ state, reasons }) => state === "failed" && reasons![0]!.includes("expected pixels")));
    assert.doesNotMatch(JSON.stringify([events, records]), /SECRET|1\.5\.\d"/);
  }));

/** Away for a while, then forgetful about some objects, then complete. */
function moodyDestination(failures: number): Destination & { stored: Map<string, number> } {
  const stored = new Map<string, number>();
  let calls = 0;
  return {
    stored,
    has: async (names) => new Set(names.map(({ instance }) => instance).filter((instance) => stored.has(instance))),
    store: async (_files, names) => {
      calls += 1;
      if (calls <= failures) throw new DataError("dicomweb-unreachable", "store: expected an answer, got ECONNREFUSED. The server may be away.");
      // The first part is stored, and then the line breaks.
      if (calls === failures + 1) {
        stored.set(names[0]!.instance, 1);
        throw new DataError("dicomweb-unreachable", "store: expected an answer, got ECONNRESET. The server may be away.");
      }
      for (const { instance } of names) stored.set(instance, (stored.get(instance) ?? 0) + 1);
      return names.map(({ instance }) => ({ instance, outcome: "stored" as const }));
    },
    close: () => {},
  };
}

test("results wait for a destination that is away, and what it has of them is not sent again", () =>
  inFolder(async (folder) => {
    const queue = await DiskQueue.open(folder, { reserveBytes: 0, setup: "one" });
    for (const instance of ["1", "2"]) {
      await queue.accept(Buffer.from(instance), { instance, origin: "test", head: encodeFileMeta({ sopClass: "1", instance, transferSyntax: "1", sender: "A" }) });
      const id = queue.next()!;
      const results = ["a", "b"].map((kind) => ({ kind, sopClass: "1", instance: `${instance}.${kind}`, series: "3", study: "4" }));
      await queue.toOutgoing(id, { id, receivedAt: "", origin: "test", results }, [Buffer.from("a"), Buffer.from("b")]);
    }
    const destination = moodyDestination(3);
    const stop = new AbortController();
    const waits: string[] = [];
    await deliver({ queue, destination, verify: true, signal: stop.signal, maxWaitMs: 5, onEvent: (event) => event.kind === "waiting" && waits.push(event.reason), idle: async () => stop.abort() });
    assert.deepEqual(Object.fromEntries(destination.stored), { "1.a": 1, "1.b": 1, "2.a": 1, "2.b": 1 });
    assert.equal(queue.counts().done, 2);
    assert.equal(waits.length, 4);
    await queue.close();
  }));

test("a destination that takes nothing makes a failure with its reason, one that leaves a kind out a remark", () =>
  inFolder(async (folder) => {
    const queue = await DiskQueue.open(folder, { reserveBytes: 0, setup: "one" });
    for (const instance of ["1", "2"]) {
      await queue.accept(Buffer.from(instance), { instance, origin: "test" });
      const id = queue.next()!;
      await queue.toOutgoing(id, { id, receivedAt: instance, origin: "test", results: ["sr", "map"].map((kind) => ({ kind, sopClass: "1", instance: `${instance}.${kind}`, series: "3", study: "4" })) }, [Buffer.from("a"), Buffer.from("b")]);
    }
    const destination: Destination = {
      has: async () => undefined,
      store: async (_files, names) => names.map(({ instance }) => (instance.startsWith("1") || instance.endsWith("map") ? { instance, outcome: "never", reason: "status 0x0122" } : { instance, outcome: "stored" })),
      close: () => {},
    };
    const stop = new AbortController();
    await deliver({ queue, destination, verify: true, signal: stop.signal, onEvent: () => {}, idle: async () => stop.abort() });
    const { records } = await readQueue(folder);
    const of = (instance: string): (typeof records)[number] => records.find(({ receivedAt }) => receivedAt === instance)!;
    assert.deepEqual([of("1").state, of("1").reasons], ["failed", ["sr not taken: status 0x0122", "map not taken: status 0x0122"]]);
    assert.deepEqual([of("2").state, of("2").remarks], ["done", ["map not taken: status 0x0122"]]);
    assert.doesNotMatch(await readFile(path.join(folder, "done", of("2").id.slice(0, 2), `${of("2").id}.json`), "utf8"), /"study"/);
    await queue.close();
  }));

test("mistakes in settings are told with their line and the nearest right word", () => {
  const wrong = (from: string, to: string): string => settingsText(104).replace(from, to);
  const cases: readonly (readonly [string, RegExp])[] = [
    [wrong("reserveMb", "reserveMB"), /listen\.yaml:3: unknown key "reserveMB"\. Did you mean "reserveMb"/],
    [wrong("allow: [TESTER]", "allow: []"), /listen\.yaml:5: receive\.dimse\.allow/],
    [wrong("model: spine }", "model: spin }"), /rule all: expected one of the models spine, got spin\. Did you mean "spine"/],
    [wrong("port: 0", "port: 70000"), /listen\.yaml:5: receive\.dimse\.port/],
    [wrong("send:\n", "send:\n  dicomweb: { url: http://x/ }\n"), /send: expected either dicomweb or dimse/],
    [wrong("name: all,", "name: all, when: { bodypart: SPINE },"), /unknown key "bodypart"\. Did you mean "bodyPart"/],
    ["queue: [", /expected YAML/],
  ];
  for (const [text, message] of cases) assert.throws(() => parseListenSettings(text, "listen.yaml"), (error: Error) => error.name === "InputError" && message.test(error.message), String(message));
});
