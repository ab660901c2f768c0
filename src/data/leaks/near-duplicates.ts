import { availableParallelism } from "node:os";
import type { OnProgress } from "../../base/index.js";
import type { DataPool } from "../data-pool.js";
import type { Case } from "../dataset.js";
import { choosePairs, highest, ofNearness, thresholdOf, type NearDuplicate } from "./choose-pairs.js";
import { coarseLength } from "./detail.js";
import { descriptorLength, mirroredPlaces, windows, type KeptImage, type Window } from "./fingerprint.js";
import { leakTasks, thumbnailLength, type Compared, type Laid, type LookResult } from "./leak-tasks.js";
import { tile, type Candidate } from "./search-codes.js";
import { codeLength, fitWhitening, tailLength } from "./whitening.js";

export interface ImageLook extends Omit<LookResult, "thumbnail" | "kept" | "frames"> {}

export interface NearDuplicateSearch {
  readonly looks: readonly ImageLook[];
  readonly pairs: readonly NearDuplicate[];
  /** Pairs of images that were laid over one another. */
  readonly compared: number;
  /** Agreement of detail from which two images are taken for one exposure. */
  readonly threshold: number;
}

export interface NearDuplicateOptions {
  /** Workers; without any, all is done in this thread. */
  readonly pool?: DataPool;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** Others that each frame of an image is laid over, of those ranked by more than their codes, and the agreement of codes that earns it. */
const [keep, ranked] = [16, 100];
const leastAgreement = 0.3;
/** In a data set so small that codes mean little, the nearest are compared whatever their agreement. */
const fewImages = 200;
/** Images that the whitening is fitted to. */
const fitted = 1500;

interface LookedAt {
  readonly looks: readonly ImageLook[];
  readonly kept: readonly KeptImage[];
  readonly frames: readonly (readonly Window[])[];
  /** [n, 96, 96] in shared memory. */
  readonly thumbnails: Uint8Array;
  /** [n, coarseLength] in shared memory. */
  readonly details: Float32Array;
}

type Tasks = typeof leakTasks;
type Run = <Name extends keyof Tasks>(name: Name, input: Parameters<Tasks[Name]>[0]) => Promise<Awaited<ReturnType<Tasks[Name]>>>;

/** Runs a task by the workers, or here. */
function runBy({ pool, signal }: NearDuplicateOptions): Run {
  if (pool !== undefined) return (name, input) => pool.run(name, input, { ...(signal && { signal }) });
  return async (name, input) => {
    signal?.throwIfAborted();
    return (await leakTasks[name](input as never)) as never;
  };
}

/**
 * Finds images that are copies of one another though their files differ: encoded anew, resized, cut by a tenth,
 * mirrored, of another contrast, negative, or framed. Every image is reduced inside its border; whitened edge
 * descriptors of 49 windows nominate candidates among all pairs; these are laid over one another, brought to one contrast,
 * and compared in fine, middle and coarse detail: a copy differs from its source by what encoding does, another exposure
 * in everything.
 */
export async function findNearDuplicates(cases: readonly Pick<Case, "id" | "file">[], options: NearDuplicateOptions): Promise<NearDuplicateSearch> {
  const { looks, ...images } = await lookAt(cases, options);
  if (looks.length < 2) return { looks, pairs: [], compared: 0, threshold: ofNearness(highest) };
  const candidates = await nominate(images, options);
  const compared = await compareAll(await layAll(candidates, images, options), images, options);
  const threshold = thresholdOf(compared, looks.length);
  return {
    looks,
    pairs: choosePairs(compared.filter(({ agreement }) => agreement >= threshold)),
    compared: candidates.reduce((sum, list) => sum + list.length, 0),
    threshold,
  };
}

async function lookAt(cases: readonly Pick<Case, "id" | "file">[], options: NearDuplicateOptions): Promise<LookedAt> {
  const { pool, onProgress, signal } = options;
  const n = cases.length;
  const thumbnails = new Uint8Array(new SharedArrayBuffer(n * thumbnailLength));
  const [kept, frames]: [KeptImage[], (readonly Window[])[]] = [[], []];
  const onSettled = (done: number): void => onProgress?.({ task: "looking for copies", done, total: n, unit: "images" });
  const items = cases.map(({ file, id }) => ({ file, name: id }));
  const settled = pool === undefined ? await lookHere(items, options, onSettled) : await pool.runAll("look", items, { ...(signal && { signal }), subject: (i) => cases[i]!.id, onSettled });
  const looks = settled.map((one, i): ImageLook => {
    if (one.status === "rejected") throw one.reason;
    const { thumbnail, kept: image, frames: parts, ...look } = one.value;
    thumbnails.set(thumbnail, i * thumbnailLength);
    kept.push(image);
    frames.push(parts);
    return look;
  });
  return { looks, kept, frames, thumbnails, details: new Float32Array(new SharedArrayBuffer(4 * n * coarseLength)) };
}

async function lookHere(items: readonly { file: string; name: string }[], options: NearDuplicateOptions, onSettled: (done: number) => void): Promise<PromiseSettledResult<LookResult>[]> {
  const run = runBy(options);
  let done = 0;
  return Promise.allSettled(
    items.map(async (item) => {
      const look = await run("look", item);
      onSettled((done += 1));
      return look;
    }),
  );
}

type Images = Omit<LookedAt, "looks">;

async function nominate({ thumbnails, details, frames }: Images, options: NearDuplicateOptions): Promise<Candidate[][]> {
  const run = runBy(options);
  const n = frames.length;
  const step = Math.max(1, Math.floor(n / fitted));
  const sample = Math.ceil(n / step);
  const descriptors = new Float32Array(new SharedArrayBuffer(4 * sample * descriptorLength));
  await inChunks(sample, 256, (from, to) => run("describe", { thumbnails, into: descriptors, from, to, step }));
  const whitening = fitWhitening(descriptors, mirroredPlaces);
  const all = frames.flat();
  const codes = {
    codes: new Int16Array(new SharedArrayBuffer(2 * all.length * windows.length * codeLength)),
    tails: new Int16Array(new SharedArrayBuffer(2 * all.length * windows.length * tailLength)),
    firstFrame: startsOf(frames),
    frames: all,
  };
  await inChunks(n, 256, (from, to) => run("encode", { ...codes, thumbnails, details, whitening, from, to }));
  const least = n < fewImages ? -1 : leastAgreement;
  let done = 0;
  const found = await inChunks(n, tile, async (from, to) => {
    const chunk = await run("search", { ...codes, from, to, keep, ranked, least });
    options.onProgress?.({ task: "comparing images", done: (done += to - from), total: n, unit: "images" });
    return chunk;
  });
  return found.flat();
}

/** Where each image's frames start among all, and where the last one's end. */
function startsOf(frames: readonly (readonly Window[])[]): Int32Array {
  const starts = new Int32Array(frames.length + 1);
  frames.forEach(({ length }, i) => (starts[i + 1] = starts[i]! + length));
  return starts;
}

/** All pairs worth a close look, each once. */
async function layAll(candidates: readonly (readonly Candidate[])[], { thumbnails, details }: Images, options: NearDuplicateOptions): Promise<Laid[]> {
  const run = runBy(options);
  const n = candidates.length;
  let done = 0;
  const laid = await inChunks(n, 64, async (from, to) => {
    const chunk = await run("lay", { thumbnails, details, items: candidates.slice(from, to) });
    options.onProgress?.({ task: "laying images over one another", done: (done += to - from), total: n, unit: "images" });
    return chunk;
  });
  const best = new Map<string, Laid>();
  for (const pair of laid.flat()) {
    const key = `${Math.min(pair.a, pair.b)} ${Math.max(pair.a, pair.b)} ${pair.isMirrored ? 1 : 0}`;
    if ((best.get(key)?.correlation ?? -2) < pair.correlation) best.set(key, pair);
  }
  return [...best.values()].sort((one, other) => one.a - other.a || one.b - other.b);
}

async function compareAll(pairs: readonly Laid[], { kept }: Images, options: NearDuplicateOptions): Promise<Compared[]> {
  const run = runBy(options);
  let done = 0;
  const compared = await inChunks(pairs.length, 64, async (from, to) => {
    const part = pairs.slice(from, to);
    const needed = new Set(part.flatMap(({ a, b }) => [a, b]));
    const chunk = await run("compare", { kept: new Map([...needed].map((index) => [index, kept[index]!])), pairs: part });
    options.onProgress?.({ task: "comparing detail", done: (done += to - from), total: pairs.length, unit: "pairs" });
    return chunk;
  });
  return compared.flat();
}

/** Runs the chunks of 0 to n side by side; their results in order. */
function inChunks<T>(n: number, size: number, run: (from: number, to: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: Math.ceil(n / size) }, (_, k) => run(k * size, Math.min(n, (k + 1) * size))));
}

/** Threads for an audit that runs alone. */
export function auditWorkers(): number {
  return Math.max(1, Math.min(8, availableParallelism()));
}
