// Time from C-STORE to the stored result, and the rate of reading and de-identifying, beside dcmtk's dcmdump and dcmodify.
//   node scripts/measure-pacs.mjs [--build dist] [--images 40] [--files 40] [--only deidentification|storeToResult]
// Needs Orthanc with its DICOMweb plugin, and dcmtk, as Debian has them. Prints one JSON object.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { stringify } from "yaml";

const { values } = parseArgs({ options: { build: { type: "string", default: "dist" }, images: { type: "string", default: "40" }, files: { type: "string", default: "40" }, architecture: { type: "string", default: "resnet50" }, only: { type: "string" } } });
const load = (name) => import(pathToFileURL(path.resolve(values.build, name)).href);
const { freePort } = await load("files/free-port.testkit.js");
const { Orthanc, ListenerProcess, radiograph, writeModel, noOrthanc } = await load("pacs/orthanc.testkit.js");
const { store } = await load("pacs/index.js");
const { createPseudonyms, deidentifyFile, parseDicom } = await load("dicom/index.js");
const { WorkerPool } = await load("images/index.js");

const quantile = (list, share) => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.ceil(share * list.length) - 1)];
const folder = await mkdtemp(path.join(tmpdir(), "osteon-measure-"));
const result = { machine: { cpu: cpus()[0].model, cores: availableParallelism() } };

async function storeToResult() {
  if (noOrthanc) return noOrthanc;
  const port = await freePort();
  const orthanc = await Orthanc.start({ folder: path.join(folder, "orthanc"), modalities: { OSTEON: port } });
  await writeFile(path.join(folder, "password"), "gateway");
  await chmod(path.join(folder, "password"), 0o600);
  const model = await writeModel(folder, values.architecture, 224);
  const settings = path.join(folder, "listen.yaml");
  await writeFile(settings, stringify({ queue: "queue", receive: { dimse: { port, allow: ["MEASURE"] } }, send: { dicomweb: { url: orthanc.address, login: { user: "osteon", passwordFile: "password" } } }, models: { spine: path.basename(model) }, rules: [{ name: "all", model: "spine" }] }));
  const listener = new ListenerProcess(settings, ["--json"]);
  try {
    if (!(await listener.until(/"ready"/, 120_000))) throw new Error(listener.errors);
    const peer = { host: "127.0.0.1", port, title: "OSTEON", callingTitle: "MEASURE" };
    const times = [];
    let judged = [];
    for (let i = 0; i < Number(values.images); i++) {
      const file = radiograph(i, { modality: "CR", side: 2000 });
      const before = listener.lines.length;
      const started = performance.now();
      await store(peer, [file]);
      while (!listener.lines.slice(before).some((line) => line.includes('"sent"'))) await new Promise((resolve) => setTimeout(resolve, 5));
      times.push((performance.now() - started) / 1000);
      judged = listener.lines.filter((line) => line.includes('"predicted"')).map((line) => JSON.parse(line).seconds);
    }
    return { architecture: values.architecture, images: times.length, pixels: "2000 x 2000", first: times[0], p50: quantile(times, 0.5), p95: quantile(times, 0.95), most: Math.max(...times), judgingP50: quantile(judged, 0.5) };
  } finally {
    await listener.end("SIGINT");
    await orthanc.stop();
  }
}

async function deidentification() {
  const count = Number(values.files);
  const files = [];
  for (let i = 0; i < count; i++) {
    const file = path.join(folder, `cr-${i}.dcm`);
    await writeFile(file, radiograph(i, { modality: "CR", side: 2000 }));
    files.push(file);
  }
  const key = randomBytes(32);
  const pseudonyms = createPseudonyms(key);
  const usual = { headers: ["retain-safe-private"], withBurnedInText: ["retain-safe-private", "clean-pixels"] };
  const rate = async (work) => {
    await work(files.slice(0, 3));
    const started = performance.now();
    await work(files);
    return count / ((performance.now() - started) / 1000);
  };
  /** Reads and de-identifies, on one core; nothing is written. */
  const onOneCore = (options) => rate(async (some) => {
    for (const file of some) deidentifyFile(parseDicom(await readFile(file), { name: "file" }), { pseudonyms, options: new Set(options) });
  });
  /** Reads, de-identifies and writes, synced, as the command does: in a worker for each core. */
  const asCommand = async (options) => {
    const pool = new WorkerPool(pathToFileURL(path.resolve(values.build, "cli/deidentify-worker.js")), { workers: availableParallelism() });
    try {
      return await rate((some) => Promise.all(some.map((source, i) => pool.run("deidentify", { source, name: "file", key, options, folder: path.join(folder, "out"), temporary: `${i}.dcm`, isPreview: false }))));
    } finally {
      await pool.close();
    }
  };
  const perSecond = {};
  for (const [name, options] of Object.entries(usual)) perSecond[name] = { oneCore: await onOneCore(options), everyCoreAndWritten: await asCommand(options) };
  try {
    execFileSync("dcmdump", ["--version"], { stdio: "ignore" });
  } catch {
    return { files: count, pixels: "2000 x 2000, 16 bits", perSecond: { ...perSecond, dcmdumpAndDcmodify: "dcmtk is not installed" } };
  }
  const dcmtk = await rate(async (some) => {
    for (const file of some) {
      execFileSync("dcmdump", [file], { stdio: ["ignore", "ignore", "ignore"] });
      execFileSync("dcmodify", ["-nb", "-ma", "PatientName=OSTEON", "-ma", "PatientID=OSTEON", "-ma", "PatientBirthDate=", "-ma", "StudyDate=", "-gst", "-gse", "-gin", file], { stdio: "ignore" });
    }
  });
  const ratioToDcmtk = Object.fromEntries(Object.entries(perSecond).map(([name, rates]) => [name, Object.fromEntries(Object.entries(rates).map(([how, one]) => [how, one / dcmtk]))]));
  return { files: count, pixels: "2000 x 2000, 16 bits", perSecond: { ...perSecond, dcmdumpAndDcmodify: dcmtk }, ratioToDcmtk };
}

try {
  if (values.only !== "storeToResult") result.deidentification = await deidentification();
  if (values.only !== "deidentification") result.storeToResult = await storeToResult();
  console.log(JSON.stringify(result, null, 2));
} finally {
  await rm(folder, { recursive: true, force: true });
}
