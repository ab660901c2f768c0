import { availableParallelism } from "node:os";
import type { OnProgress } from "../../base/index.js";
import type { DataPool } from "../data-pool.js";
import type { Case } from "../dataset.js";
import { descriptorLength, windows, type KeptImage } from "./fingerprint.js";
import { thumbnailLength, type LookResult, type Verified } from "./leak-tasks.js";
import type { Candidate } from "./search-codes.js";
import { codeLength, fitWhitening } from "./whitening.js";

/** Two images that show the same exposure. */
export interface NearDuplicate {
  /** Positions in the list of cases. */
  readonly a: number;
  readonly b: number;
  /** Mean correlation of the finest detail over the image's tiles, once laid over one another: -1 to 1. */
  readonly detail: number;
  readonly isMirrored: boolean;
  /** Share of b that lies inside a. */
  readonly overlap: number;
}

export interface ImageLook extends Omit<LookResult, "thumbnail" | "kept"> {}

export interface NearDuplicateSearch {
  readonly looks: readonly ImageLook[];
  readonly pairs: readonly NearDuplicate[];
  /** Pairs of images that were laid over one another. */
  readonly compared: number;
  /** Agreement of detail from which two images are taken for one exposure. */
  readonly threshold: number;
}

export interface NearDuplicateOptions {
  readonly pool: DataPool;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** Others that each image is laid over, and the agreement of codes that earns it. */
const keep = 14;
const leastAgreement = 0.35;
/** In a data set so small that codes mean little, the nearest are compared whatever their agreement. */
const fewImages = 200;
/** Images that are also compared with one that is none of their copies, to learn how alike different exposures are. */
const strangers = 240;
/** Images that the whitening is fitted to. */
const fitted = 1500;
/** Standard deviations above the agreement of different exposures from which images are taken for the same, and the bounds of that. */
const deviations = 3.5;
const [lowestThreshold, highestThreshold] = [0.55, 0.85];

/**
 * Finds images that are copies of one another though their files differ: encoded anew, resized, cut by a tenth,
 * mirrored, of another contrast, negative, or framed. Every image is reduced inside its border; whitened edge
 * descriptors of 17 windows nominate candidates among all pairs; these are laid over one another, and the finest detail
 * that both have is compared tile by tile. What counts as the same is set above what different exposures of the same
 * data set agree in, as radiographs of one view are all alike.
 */
export async function findNearDuplicates(cases: readonly Pick<Case, "id" | "file">[], { pool, onProgress, signal }: NearDuplicateOptions): Promise<NearDuplicateSearch> {
  const n = cases.length;
  const options = { ...(signal && { signal }) };
  const thumbnails = new Uint8Array(new SharedArrayBuffer(n * thumbnailLength));
  const kept: KeptImage[] = [];
  const settled = await pool.runAll("look", cases.map(({ file, id }) => ({ file, name: id })), {
    ...options,
    subject: (i) => cases[i]!.id,
    onSettled: (done) => onProgress?.({ task: "looking for copies", done, total: n, unit: "images" }),
  });
  const looks = settled.map((one, i): ImageLook => {
    if (one.status === "rejected") throw one.reason;
    const { thumbnail, kept: image, ...look } = one.value;
    thumbnails.set(thumbnail, i * thumbnailLength);
    kept.push(image);
    return look;
  });
  if (n < 2) return { looks, pairs: [], compared: 0, threshold: highestThreshold };
  const candidates = await nominate(thumbnails, n, { pool, ...(onProgress && { onProgress }), ...options });
  const stride = Math.max(1, Math.floor(n / strangers));
  let done = 0;
  const verified = await inChunks(n, 64, async (from, to) => {
    const items = candidates.slice(from, to).map((list, i) => ({ candidates: list, asStranger: (from + i) % stride === 0 }));
    const needed = new Set(items.flatMap(({ candidates: list }) => list.flatMap(({ a, b }) => [a, b])));
    const chunk = await pool.run("verify", { thumbnails, kept: new Map([...needed].map((index) => [index, kept[index]!])), items }, options);
    onProgress?.({ task: "comparing detail", done: (done += to - from), total: n, unit: "images" });
    return chunk;
  });
  const all = verified.flat();
  const threshold = thresholdOf(all.filter(({ isStranger }) => isStranger).map(({ detail }) => detail));
  return { looks, pairs: bestPerPair(all.filter(({ detail, tiles }) => detail >= threshold + scarcity(tiles))), compared: candidates.reduce((sum, list) => sum + list.length, 0), threshold };
}

/** Above what strangers agree in. */
function thresholdOf(values: readonly number[]): number {
  if (values.length < 8) return highestThreshold;
  // The upper tenth may be copies after all, where an image has many.
  const kept = values.toSorted((a, b) => a - b).slice(0, Math.ceil(values.length * 0.9));
  const mean = kept.reduce((a, b) => a + b, 0) / kept.length;
  const deviation = Math.sqrt(kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / kept.length);
  return Math.min(highestThreshold, Math.max(lowestThreshold, mean + deviations * deviation));
}

/** What images of few tiles must agree better, as chance weighs more in them. */
function scarcity(tiles: number): number {
  return 0.1 * Math.min(1, Math.max(0, (20 - tiles) / 10));
}

async function nominate(thumbnails: Uint8Array, n: number, { pool, onProgress, signal }: NearDuplicateOptions): Promise<Candidate[][]> {
  const options = { ...(signal && { signal }) };
  const step = Math.max(1, Math.floor(n / fitted));
  const sample = Math.ceil(n / step);
  const descriptors = new Float32Array(new SharedArrayBuffer(4 * sample * descriptorLength));
  await inChunks(sample, 256, (from, to) => pool.run("describe", { thumbnails, into: descriptors, from, to, step }, options));
  const whitening = fitWhitening(descriptors, descriptorLength);
  const queries = new Float32Array(new SharedArrayBuffer(4 * n * 2 * codeLength));
  const codes = new Float32Array(new SharedArrayBuffer(4 * n * windows.length * codeLength));
  await inChunks(n, 256, (from, to) => pool.run("encode", { thumbnails, whitening, queries, codes, from, to }, options));
  let done = 0;
  const found = await inChunks(n, 192, async (from, to) => {
    const chunk = await pool.run("search", { queries, codes, from, to, keep, least: n < fewImages ? -1 : leastAgreement }, options);
    onProgress?.({ task: "comparing images", done: (done += to - from), total: n, unit: "images" });
    return chunk;
  });
  return found.flat();
}

/** Runs the chunks of 0 to n side by side; their results in order. */
function inChunks<T>(n: number, size: number, run: (from: number, to: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: Math.ceil(n / size) }, (_, k) => run(k * size, Math.min(n, (k + 1) * size))));
}

function bestPerPair(verified: readonly Verified[]): NearDuplicate[] {
  const best = new Map<string, NearDuplicate>();
  for (const { a, b, detail, isMirrored, overlap } of verified) {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    const key = `${low} ${high}`;
    if ((best.get(key)?.detail ?? -1) >= detail) continue;
    best.set(key, { a: low, b: high, detail, isMirrored, overlap });
  }
  return dropBystanders([...best.values()]).sort((one, other) => one.a - other.a || one.b - other.b);
}

/** Agreement from which a pair needs no other witness, and the lead of a better partner that counts. */
const [certain, lead] = [0.9, 0.05];

/**
 * Leaves out weak pairs of which both have a clearly better partner: two copies of different images that were disguised
 * alike. Were they one exposure, their better partners would tie them all the same.
 */
function dropBystanders(pairs: readonly NearDuplicate[]): NearDuplicate[] {
  const most = new Map<number, number>();
  for (const { a, b, detail } of pairs) for (const index of [a, b]) most.set(index, Math.max(most.get(index) ?? -1, detail));
  return pairs.filter(({ a, b, detail }) => detail >= certain || most.get(a)! < detail + lead || most.get(b)! < detail + lead);
}

/** Threads for an audit that runs alone. */
export function auditWorkers(): number {
  return Math.max(1, Math.min(8, availableParallelism()));
}
