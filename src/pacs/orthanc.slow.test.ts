import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { stringify } from "yaml";
import { seededRandom } from "../base/index.js";
import { hashStoredValues, parseDicom } from "../dicom/index.js";
import { syntheticFiles } from "../dicom/synthetic.testkit.js";
import { buildElement } from "../dicom/write/build-dataset.js";
import { encodeDicom } from "../dicom/write/write-dicom.js";
import { textIn } from "./dicomweb/json-model.js";
import { freePort } from "../files/free-port.testkit.js";
import { CommitmentDesk } from "./dimse/commitment.js";
import { fetchByGet } from "./dimse/fetch-by-get.js";
import { fetchByMove } from "./dimse/fetch-by-move.js";
import { listenDimse } from "./dimse/provider.js";
import { echo, find } from "./dimse/query.js";
import { isStored, store } from "./dimse/store.js";
import { ListenerProcess, Orthanc, noOrthanc, radiograph, writeModel } from "./orthanc.testkit.js";
import { readQueue } from "./queue/read-queue.js";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "osteon-pacs-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const login = { user: "osteon", passwordFile: "password" };
const kinds = ["structured-report", "segmentation", "secondary-capture", "presentation-state", "key-objects"];

async function writeSettings(folder: string, orthanc: Orthanc, receive: object, more: object = {}): Promise<string> {
  await writeFile(path.join(folder, "password"), "gateway\n");
  await chmod(path.join(folder, "password"), 0o600);
  const model = path.basename(await writeModel(folder, "mobilenet_v2-tiny", 32));
  const file = path.join(folder, "listen.yaml");
  await writeFile(file, stringify({ queue: "queue", reserveMb: 50, receive, send: { dicomweb: { url: orthanc.address, login }, kinds, ...more }, models: { lumbar: model }, rules: [{ name: "lumbar", when: { modality: ["DX", "CR"], bodyPart: "*SPINE" }, model: "lumbar" }] }));
  return file;
}

/** Instances of every study by SOP class. */
async function instancesByStudy(orthanc: Orthanc): Promise<Map<string, string[]>> {
  const client = orthanc.client();
  const found = new Map<string, string[]>();
  try {
    for await (const dataset of client.search({ level: "studies", pageSize: 200 })) found.set(textIn(dataset, "StudyInstanceUID")!, []);
    for (const [study, classes] of found) for await (const dataset of client.search({ level: "instances", study, include: ["SOPClassUID"] })) classes.push(textIn(dataset, "SOPClassUID")!);
  } finally {
    client.close();
  }
  return found;
}

test("500 studies are fetched, predicted and their results found again, through 50 kills of the listener and 10 restarts of the PACS", { skip: noOrthanc }, (context) =>
  inFolder(async (folder) => {
    const orthanc = await Orthanc.start({ folder: path.join(folder, "orthanc") });
    try {
      const [fitting, others] = [500, 20];
      const client = orthanc.client();
      for (let first = 0; first < fitting + others; first += 40) {
        const batch = Array.from({ length: Math.min(40, fitting + others - first) }, (_, i) => radiograph(first + i, first + i < fitting ? {} : { modality: "MR" }));
        assert.equal((await client.store(batch)).stored.length, batch.length);
      }
      client.close();
      const settings = await writeSettings(folder, orthanc, { poll: { url: orthanc.address, login, every: 1 } });
      const queue = path.join(folder, "queue");
      const random = seededRandom("kills of the listener");
      const settled = async (): Promise<number> => {
        const { counts } = await readQueue(queue, { states: [] });
        return counts.done + counts.refused + counts.failed;
      };
      const started = Date.now();
      let kills = 0;
      let restarts = 0;
      while (kills < 50) {
        const listener = new ListenerProcess(settings);
        try {
          assert.ok(await listener.until(/listening/), listener.errors);
          // Into the midst of the work: after a few images, and a moment of no meaning.
          await listener.untilMany(/ (received|judged|sent)/, 2 + random.integer(30), 8000);
          await new Promise((resolve) => setTimeout(resolve, random.integer(150)));
          if (kills % 5 === 4) {
            await orthanc.stop();
            await new Promise((resolve) => setTimeout(resolve, random.integer(500)));
            if (random.integer(2) === 0) await listener.end("SIGKILL");
            await orthanc.start();
            restarts += 1;
          }
        } finally {
          // Also where something failed: a listener that goes on would hold the test.
          await listener.end("SIGKILL");
        }
        kills += 1;
      }
      const before = await settled();
      const last = new ListenerProcess(settings);
      for (let waits = 0; waits < 3000 && (await settled()) < fitting + others; waits++) await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(await last.end("SIGINT"), 0, last.errors);
      const { counts } = await readQueue(queue, { states: [] });
      assert.deepEqual(counts, { received: 0, outgoing: 0, done: fitting, refused: others, failed: 0 });
      const found = await instancesByStudy(orthanc);
      assert.equal(found.size, fitting + others);
      let results = 0;
      for (const [study, classes] of found) {
        const isFitting = Number(study.split(".").at(-1)) < fitting;
        // One source and one object of each kind, and nothing twice.
        assert.equal(classes.length, isFitting ? 1 + kinds.length : 1, study);
        assert.equal(new Set(classes).size, classes.length);
        results += classes.length - 1;
      }
      const everything = await readdir(folder, { recursive: true, withFileTypes: true });
      const logs = everything.filter((entry) => entry.isFile() && entry.parentPath.includes(`${path.sep}queue`)).map((entry) => path.join(entry.parentPath, entry.name));
      for (const file of logs) assert.ok(!/SIMULATED|SIM-\d|1\.2\.826\.0\.1\.3680043/.test(file + (await readFile(file, "latin1"))), `${file} tells a patient`);
      assert.ok(!/SIMULATED|SIM-\d|1\.2\.826\.0\.1\.3680043/.test(last.lines.join("\n")));
      context.diagnostic(`${fitting} studies with ${results} results through ${kills} kills and ${restarts} restarts in ${((Date.now() - started) / 1000).toFixed(0)} s; ${before} were settled before the last start`);
    } finally {
      await orthanc.stop();
    }
  }));

test("while the PACS is away images are taken and results wait; when it is back it gets each once", { skip: noOrthanc }, () =>
  inFolder(async (folder) => {
    const port = await freePort();
    const orthanc = await Orthanc.start({ folder: path.join(folder, "orthanc"), modalities: { OSTEON: port } });
    const settings = await writeSettings(folder, orthanc, { dimse: { title: "OSTEON", port, allow: ["TESTER"] } });
    const listener = new ListenerProcess(settings);
    try {
      assert.ok(await listener.until(/listening on port/), listener.errors);
      await orthanc.stop();
      const peer = { host: "127.0.0.1", port, title: "OSTEON", callingTitle: "TESTER" };
      const files = Array.from({ length: 20 }, (_, i) => radiograph(i));
      assert.ok((await store(peer, files)).every(({ status }) => isStored(status)));
      assert.ok(await listener.until(/waiting for the destination/), listener.errors);
      for (let waits = 0; waits < 200 && (await readQueue(path.join(folder, "queue"), { states: [] })).counts.outgoing < 20; waits++) await new Promise((resolve) => setTimeout(resolve, 100));
      // The sender, not sure of its acknowledgements, sends all of them again.
      assert.ok((await store(peer, files)).every(({ status }) => isStored(status)));
      await orthanc.start();
      for (let waits = 0; waits < 400 && (await readQueue(path.join(folder, "queue"), { states: [] })).counts.done < 20; waits++) await new Promise((resolve) => setTimeout(resolve, 100));
      const found = await instancesByStudy(orthanc);
      assert.equal(found.size, 20);
      // The source was sent to the listener alone.
      for (const classes of found.values()) assert.equal(classes.length, kinds.length);
    } finally {
      await listener.end("SIGKILL");
      await orthanc.stop();
    }
  }));

test("C-ECHO, C-STORE, C-FIND and C-MOVE with Orthanc, and a file comes back as it was", { skip: noOrthanc }, () =>
  inFolder(async (folder) => {
    const port = await freePort();
    const orthanc = await Orthanc.start({ folder, modalities: { OSTEON: port } });
    try {
      const peer = { host: "127.0.0.1", port: orthanc.dicomPort, title: "ORTHANC", callingTitle: "OSTEON" };
      await echo(peer);
      const files = [radiograph(1), radiograph(2)];
      assert.ok((await store(peer, files)).every(({ status }) => isStored(status)));
      const [first] = await find(peer, { level: "STUDY", match: { PatientID: "SIM-1", StudyInstanceUID: "", PatientName: "" } });
      assert.deepEqual([first!["StudyInstanceUID"], first!["PatientName"]], [["1.2.826.0.1.3680043.9.9.1"], ["SIMULATED^1"]]);
      assert.equal((await find(peer, { level: "STUDY", match: { PatientID: "nobody", StudyInstanceUID: "" } })).length, 0);
      const back: Uint8Array[] = [];
      assert.equal(await fetchByMove(peer, { study: "1.2.826.0.1.3680043.9.9.1", port, keep: async (file) => void back.push(file) }), 1);
      const [sent, got] = [parseDicom(files[0]!), parseDicom(back[0]!)];
      for (const element of sent.dataset.elements.values()) assert.deepEqual(Buffer.from(got.dataset.element(element.tag)!.bytes), Buffer.from(element.bytes));
      await assert.rejects(fetchByMove({ ...peer, callingTitle: "UNKNOWN" }, { study: "1.2", port, keep: async () => {} }), /dimse-status|destination|C-MOVE/);
      const client = orthanc.client();
      const names = { study: "1.2.826.0.1.3680043.9.9.1", series: "1.2.826.0.1.3680043.9.9.1.1", instance: "1.2.826.0.1.3680043.9.9.1.1.1" };
      const pixels = parseDicom(await client.retrieveInstance(names)).dataset.element("PixelData")!.bytes;
      assert.deepEqual(Buffer.from(pixels), Buffer.from(sent.dataset.element("PixelData")!.bytes));
      assert.equal(textIn((await client.metadata(names))[0]!, "BodyPartExamined"), "LSPINE");
      const uri = Object.values((await client.metadata(names))[0]!).find(({ BulkDataURI }) => BulkDataURI !== undefined)?.BulkDataURI;
      assert.ok(uri !== undefined && (await client.bulkData(uri)).length === 64 * 64 * 2);
      assert.deepEqual([...(await client.rendered(names)).subarray(0, 2)], [0xff, 0xd8]);
      client.close();
    } finally {
      await orthanc.stop();
    }
  }));

test("C-GET with Orthanc brings objects as they are kept, and storage commitment tells what it has and what not", { skip: noOrthanc }, () =>
  inFolder(async (folder) => {
    const port = await freePort();
    const orthanc = await Orthanc.start({ folder, modalities: { OSTEON: port } });
    const desk = new CommitmentDesk(20_000);
    const provider = await listenDimse({ port, title: "OSTEON", allow: ["ORTHANC"], begin: () => 0xa700, onCommitment: (report) => desk.receive(report) });
    try {
      const peer = { host: "127.0.0.1", port: orthanc.dicomPort, title: "ORTHANC", callingTitle: "OSTEON" };
      const compressed = syntheticFiles(seededRandom("c-get"), 64, 48).map(({ title, bytes }, i) => ({ title, file: rename(bytes, i) }));
      const files = [radiograph(1), ...compressed.map(({ file }) => file)];
      const outcomes = await store(peer, files);
      const stored = files.filter((_, i) => isStored(outcomes[i]!.status));
      assert.ok(stored.length >= 5, "Orthanc takes native, RLE, JPEG lossless, JPEG-LS and JPEG 2000");
      const back: Uint8Array[] = [];
      const keep = async (file: Uint8Array): Promise<void> => void back.push(file);
      await fetchByGet(peer, { study: "1.2.826.0.1.3680043.9.9.1", keep });
      await fetchByGet(peer, { study: "2.25.900", keep });
      assert.equal(back.length, stored.length);
      for (const file of back) {
        const got = parseDicom(file);
        const sent = parseDicom(stored.find((one) => parseDicom(one).dataset.text("SOPInstanceUID") === got.dataset.text("SOPInstanceUID"))!);
        assert.deepEqual([got.transferSyntax.uid, hashStoredValues(got)], [sent.transferSyntax.uid, hashStoredValues(sent)]);
      }
      await assert.rejects(fetchByGet(peer, { study: "1.2.3.4", keep }), { code: "dimse-status" });
      const objects = stored.map((file) => parseDicom(file).dataset).map((dataset) => ({ sopClass: dataset.text("SOPClassUID")!, instance: dataset.text("SOPInstanceUID")! }));
      const report = await desk.ask(peer, [...objects, { sopClass: "1.2.840.10008.5.1.4.1.1.1", instance: "2.25.404" }]);
      assert.deepEqual([report.committed.toSorted(), report.failed], [objects.map(({ instance }) => instance).toSorted(), ["2.25.404"]]);
    } finally {
      await provider.close();
      await orthanc.stop();
    }
  }));

/** The same image as one of a study. */
function rename(bytes: Uint8Array, n: number): Uint8Array {
  const { dataset, transferSyntax } = parseDicom(bytes);
  for (const [keyword, uid] of Object.entries({ StudyInstanceUID: "2.25.900", SeriesInstanceUID: "2.25.901", SOPInstanceUID: `2.25.91${n}` })) dataset.set(buildElement(keyword, uid));
  dataset.set(buildElement("PatientID", "SIM-GET"));
  return encodeDicom(dataset, transferSyntax);
}
