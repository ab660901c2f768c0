import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { seededRandom } from "../base/index.js";
import { syntheticFile } from "../dicom/synthetic.testkit.js";
import { explainedGraph } from "../explain/index.js";
import { freePort } from "../files/free-port.testkit.js";
import type { Preprocessing } from "../images/index.js";
import { buildNetwork, initializeWeights, writeBundle, type ArchitectureName } from "../models/index.js";
import { DicomWebClient } from "./dicomweb/client.js";

const program = "/usr/sbin/Orthanc";
const plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";

/** Why tests against Orthanc are passed over, or false where it is installed. */
export const noOrthanc: string | false = existsSync(program) && existsSync(plugin) ? false : "Orthanc with its DICOMweb plugin is not installed";

export interface OrthancOptions {
  readonly folder: string;
  /** AE titles that it may send to, with their ports. */
  readonly modalities?: Readonly<Record<string, number>>;
}

/** An Orthanc of this test alone, on ports of its own, reachable from this machine only. */
export class Orthanc {
  #child: ChildProcess | undefined;
  readonly #configuration: string;

  private constructor(
    readonly httpPort: number,
    readonly dicomPort: number,
    configuration: string,
  ) {
    this.#configuration = configuration;
  }

  static async start({ folder, modalities = {} }: OrthancOptions): Promise<Orthanc> {
    await mkdir(folder, { recursive: true });
    const [httpPort, dicomPort] = [await freePort(), await freePort()];
    const file = path.join(folder, "orthanc.json");
    const configuration = {
      Name: "Test",
      StorageDirectory: path.join(folder, "storage"),
      IndexDirectory: path.join(folder, "storage"),
      HttpPort: httpPort,
      DicomPort: dicomPort,
      DicomAet: "ORTHANC",
      RemoteAccessAllowed: false,
      AuthenticationEnabled: true,
      RegisteredUsers: { osteon: "gateway" },
      Plugins: [plugin],
      DicomWeb: { Enable: true, Root: "/dicom-web/" },
      DicomModalities: Object.fromEntries(Object.entries(modalities).map(([title, port]) => [title, [title, "127.0.0.1", port]])),
      DicomAlwaysAllowFind: true,
      DicomAlwaysAllowMove: true,
      DicomAlwaysAllowGet: true,
      HttpVerbose: false,
    };
    await writeFile(file, JSON.stringify(configuration));
    const orthanc = new Orthanc(httpPort, dicomPort, file);
    await orthanc.start();
    return orthanc;
  }

  get address(): string {
    return `http://127.0.0.1:${this.httpPort}/dicom-web`;
  }

  client(): DicomWebClient {
    return new DicomWebClient(this.address, { credentials: { kind: "basic", user: "osteon", password: "gateway" }, backOff: { attempts: 10, firstWaitMs: 100, maxWaitMs: 1000 } });
  }

  async start(): Promise<void> {
    this.#child = spawn(program, [this.#configuration], { stdio: "ignore" });
    const authorization = `Basic ${Buffer.from("osteon:gateway").toString("base64")}`;
    for (let tries = 0; tries < 200; tries++) {
      const isUp = await fetch(`http://127.0.0.1:${this.httpPort}/system`, { headers: { authorization } }).then(({ ok }) => ok, () => false);
      if (isUp) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("Orthanc did not start");
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(timer);
    this.#child = undefined;
  }
}

/** A model file of a network with drawn weights, with Grad-CAM, as a study writes it. */
export async function writeModel(folder: string, architecture: ArchitectureName, size: number): Promise<string> {
  const network = buildNetwork(architecture, { classes: 2, inputSize: size });
  const graph = explainedGraph(network, initializeWeights(network, seededRandom("pacs", architecture)));
  const file = path.join(folder, `${architecture}.onnx`);
  const preprocessing: Preprocessing = { channels: "grey", size, resize: "letterbox", mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], fill: 0 };
  await writeBundle(file, { graph, metadata: { version: 1, architecture, labels: ["normal", "scoliosis"], preprocessing, camLayer: network.camLayer, training: {} } });
  return file;
}

/** Large pictures are drawn once. */
const drawn = new Map<number, Uint16Array>();

function drawPixels(study: number, side: number): Uint16Array {
  const known = drawn.get(side);
  if (known !== undefined) return known;
  const random = seededRandom("radiograph", study);
  const pixels = Uint16Array.from({ length: side * side }, (_, i) => Math.floor(2000 + 1500 * Math.sin((i % side) / 9 + study) + random.integer(300)));
  if (side >= 1000) drawn.set(side, pixels);
  return pixels;
}

/** A radiograph of nobody, one per study. */
export function radiograph(study: number, { modality = "DX", side = 64, ...more }: { readonly modality?: string; readonly side?: number } & Readonly<Record<string, string | number>> = {}): Uint8Array {
  const pixels = drawPixels(study, side);
  return syntheticFile(
    {
      SOPClassUID: modality === "MR" ? "1.2.840.10008.5.1.4.1.1.4" : "1.2.840.10008.5.1.4.1.1.1.1",
      Modality: modality,
      StudyInstanceUID: `1.2.826.0.1.3680043.9.9.${study}`,
      SeriesInstanceUID: `1.2.826.0.1.3680043.9.9.${study}.1`,
      SOPInstanceUID: `1.2.826.0.1.3680043.9.9.${study}.1.1`,
      PatientID: `SIM-${study}`,
      PatientName: `SIMULATED^${study}`,
      PatientBirthDate: "",
      PatientSex: "O",
      StudyDate: "20260101",
      StudyTime: "120000",
      StudyID: "1",
      AccessionNumber: "",
      ReferringPhysicianName: "",
      SeriesNumber: "1",
      InstanceNumber: "1",
      BodyPartExamined: "LSPINE",
      ViewPosition: "LL",
      PatientOrientation: ["P", "F"],
      Rows: side,
      Columns: side,
      SamplesPerPixel: 1,
      PhotometricInterpretation: "MONOCHROME2",
      BitsAllocated: 16,
      BitsStored: 12,
      HighBit: 11,
      PixelRepresentation: 0,
      WindowCenter: "2048",
      WindowWidth: "4096",
      PixelSpacing: ["0.14", "0.14"],
      ...more,
    },
    new Uint8Array(pixels.buffer),
  );
}

/** A listener as a process of its own; `lines` are what it tells. */
export class ListenerProcess {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  errors = "";

  constructor(settings: string, more: readonly string[] = []) {
    const main = fileURLToPath(new URL("../cli/main.js", import.meta.url));
    this.#child = spawn(process.execPath, [main, "dicom", "listen", settings, ...more], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NODE_TEST_CONTEXT: undefined } });
    let rest = "";
    this.#child.stdout!.on("data", (chunk: Buffer) => {
      const pieces = (rest + chunk.toString()).split("\n");
      rest = pieces.pop()!;
      this.lines.push(...pieces);
    });
    this.#child.stderr!.on("data", (chunk: Buffer) => (this.errors += chunk.toString()));
  }

  /** Until a line tells it, or the process has ended. */
  async until(pattern: RegExp, timeoutMs = 120_000): Promise<boolean> {
    for (const started = Date.now(); Date.now() - started < timeoutMs; ) {
      if (this.lines.some((line) => pattern.test(line))) return true;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) return false;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return false;
  }

  /** Until so many lines tell it. */
  async untilMany(pattern: RegExp, count: number, timeoutMs: number): Promise<void> {
    for (const started = Date.now(); Date.now() - started < timeoutMs && this.lines.filter((line) => pattern.test(line)).length < count; ) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async end(signal: "SIGKILL" | "SIGINT"): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const ended = new Promise<number | null>((resolve) => this.#child.once("exit", (code) => resolve(code)));
    this.#child.kill(signal);
    return ended;
  }
}
