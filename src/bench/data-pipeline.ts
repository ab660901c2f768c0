import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { seededRandom } from "../base/index.js";
import { createDataPool, prepareImages, type DataPool } from "../data/index.js";
import { defaultPreprocessing, imagenetNormalization } from "../images/index.js";
import { buildNetwork, initializeWeights, type ArchitectureName } from "../models/index.js";
import { encodePng } from "../phantom/index.js";
import { preparedSource, resolveRecipe, trainFold, type CaseSource } from "../train/index.js";

/** What is measured of the way from files to training steps. */
export interface DataWork {
  readonly network: ArchitectureName;
  readonly images: number;
  /** Of the source images, pixels. */
  readonly height: number;
  readonly width: number;
  readonly batch: number;
  readonly epochs: number;
  readonly threads: number;
}

export interface DataTimes {
  readonly workers: number;
  /** Images a second: decoded, brought into the network's frame and written to the cache. */
  readonly decoded: number;
  /** Images a second from the cache. */
  readonly cached: number;
  /** Images a second augmented, normalized and put into batches, while nothing trains. */
  readonly batched: number;
  /** Images a second that training takes, and the share of its time that it waited for them. */
  readonly trained: number;
  readonly idleShare: number;
  /** Seconds of the first epoch's wait alone, before any batch was there. */
  readonly firstEpochIdleShare: number;
}

/** Films of a bright column with noise, 8 bits, as PNG. */
async function writeFilms(folder: string, { images, height, width }: DataWork): Promise<string[]> {
  const random = seededRandom("films");
  const noise = Float32Array.from({ length: 65_521 }, () => 8 * random.normal());
  const files: string[] = [];
  for (let i = 0; i < images; i++) {
    const data = new Uint8Array(height * width);
    const middle = width / 2 + random.between(-0.1, 0.1) * width;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const distance = (column - middle) / (0.08 * width);
        data[row * width + column] = Math.max(0, Math.min(255, 60 + 120 * Math.exp(-distance * distance) + noise[(row * width + column + 7919 * i) % noise.length]!));
      }
    }
    const file = path.join(folder, `${i}.png`);
    await writeFile(file, encodePng({ width, height, data }));
    files.push(file);
  }
  return files;
}

async function rateOf(count: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (1000 * count) / (performance.now() - started);
}

/** Augmented batches of all images, as many asked for at once as training asks for. */
async function readAll(source: CaseSource, { images, batch }: DataWork): Promise<void> {
  const starts = Array.from({ length: Math.floor(images / batch) }, (_, i) => i * batch);
  await Promise.all(starts.map((first) => source.read(Array.from({ length: batch }, (_, i) => first + i), { view: "bench" })));
}

async function measure(work: DataWork, folder: string, pool: DataPool): Promise<DataTimes> {
  const files = await writeFilms(folder, work);
  const cases = files.map((file, i) => ({ id: path.basename(file), file, label: i % 2 === 0 ? "a" : "b" }));
  const options = { preprocessing: { ...defaultPreprocessing, ...imagenetNormalization }, pool, cacheDirectory: path.join(folder, "cache") };
  const decoded = await rateOf(work.images, () => prepareImages(cases, options));
  const started = performance.now();
  const prepared = await prepareImages(cases, options);
  const cached = (1000 * work.images) / (performance.now() - started);
  const augmentation = { rotation: { maxDeg: 10 }, flip: { probability: 0.5 }, noise: { maxStd: 0.02 } };
  const source = preparedSource({ prepared, cases, labels: ["a", "b"], pool, augmentation });
  await readAll(source, work);
  const batched = await rateOf(Math.floor(work.images / work.batch) * work.batch, () => readAll(source, work));
  const network = buildNetwork(work.network, { classes: 2, inputSize: 224, dropout: 0 });
  const recipe = resolveRecipe("scratch", { epochs: work.epochs, batchSize: work.batch, augmentation: true });
  const { history, idleShare } = await trainFold({
    network, recipe, source, startWeights: initializeWeights(network, seededRandom(1)), regime: { name: "scratch" },
    train: cases.map((_, i) => i), seed: 1, engine: { threads: work.threads },
  });
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const images = history.reduce((sum, epoch) => sum + epoch.seconds * epoch.imagesPerSecond, 0);
  return { workers: pool.workers, decoded, cached, batched, trained: images / seconds, idleShare, firstEpochIdleShare: history[0]!.idleShare };
}

/** Times the way of large films into a network: decoding, the cache, augmentation, and how long training waits for it. */
export async function timeDataPipeline(work: DataWork): Promise<DataTimes> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "osteon-data-"));
  const pool = createDataPool();
  try {
    return await measure(work, folder, pool);
  } finally {
    await pool.close();
    await rm(folder, { recursive: true, force: true });
  }
}

export function formatDataTimes({ workers, decoded, cached, batched, trained, idleShare, firstEpochIdleShare }: DataTimes): string {
  const line = (name: string, value: string) => `${name.padEnd(52)}${value.padStart(12)}`;
  const rate = (value: number) => `${value.toFixed(1)} img/s`;
  const share = (value: number) => `${(100 * value).toFixed(2)} %`;
  return [
    line(`decoded into the network's frame, ${workers} worker(s)`, rate(decoded)),
    line("from the cache", rate(cached)),
    line("augmented and batched", rate(batched)),
    line("trained (all layers, batch statistics)", rate(trained)),
    line("of that time waiting for images", share(idleShare)),
    line("of the first epoch's time", share(firstEpochIdleShare)),
  ].join("\n");
}
