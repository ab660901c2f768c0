import type { OnProgress, Warning } from "../base/index.js";
import { DataError, InputError } from "../base/index.js";
import type { Box, Placement, Preprocessing, SizeLimits } from "../images/index.js";
import { checkPreprocessing } from "../images/index.js";
import type { DataPool } from "./data-pool.js";
import type { Case } from "./dataset.js";

/** Images in the network frame, in memory that all threads share, before augmentation and normalization. */
export interface PreparedImages {
  readonly ids: readonly string[];
  /** One [P, S, S] per case in 0..1, P = 1 for grey and 3 for color. */
  readonly frames: readonly Float32Array[];
  readonly placements: readonly Placement[];
  readonly preprocessing: Preprocessing;
  /** How many came from the cache. */
  readonly fromCache: number;
  readonly warnings: readonly Warning[];
}

export interface PrepareOptions {
  readonly preprocessing: Preprocessing;
  readonly pool: DataPool;
  /** The part of each image that is wanted, in the order of the cases; the whole image where there is none. */
  readonly windows?: readonly (Box | undefined)[];
  /** Folder where prepared images are kept, by content and preprocessing; no cache when left out. */
  readonly cacheDirectory?: string;
  readonly limits?: SizeLimits;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * Decodes all images and carries them into the network frame, in workers. Takes 4 P S^2 bytes of memory per image.
 * A damaged cache file is rebuilt, which a warning tells.
 * @throws the first error of an image (`image-...`, `file-missing`), `file-enospc` and the like of the cache;
 *   DataError `image-changed` where the file is no longer the one that was checked
 */
export async function prepareImages(cases: readonly Pick<Case, "id" | "file" | "keepIdentity" | "contentSha256">[], options: PrepareOptions): Promise<PreparedImages> {
  const { preprocessing, pool, windows, cacheDirectory, limits, onProgress, signal } = options;
  checkPreprocessing(preprocessing);
  const stop = new AbortController();
  const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  let done = 0;
  const prepare = async ({ id, file, keepIdentity, contentSha256 }: (typeof cases)[number], index: number) => {
    const result = await pool.run("prepare", { file, name: id, preprocessing, window: windows?.[index], limits, cacheDirectory, ...(keepIdentity === true && { burnedIn: "kept" }) }, { signal: both, subject: id });
    if (contentSha256 !== undefined && result.sha256 !== contentSha256) {
      throw new DataError("image-changed", `${id}: expected the image that was checked, got another under its name. Leave the images as they are while a study runs, and start it again.`);
    }
    onProgress?.({ task: "preparing images", done: (done += 1), total: cases.length, unit: "images" });
    return result;
  };
  const results = await Promise.all(cases.map(prepare)).catch((error: unknown) => {
    stop.abort(error);
    throw error;
  });
  const rebuilt = results.filter((result) => result.rebuilt).length;
  return {
    ids: cases.map(({ id }) => id),
    frames: results.map(({ frame }) => frame),
    placements: results.map((result) => result.placement),
    preprocessing,
    fromCache: results.filter(({ fromCache }) => fromCache).length,
    warnings: rebuilt === 0 ? [] : [{ code: "cache-rebuilt", message: `${rebuilt} prepared images in the cache were damaged and were made anew. Check the disk if this repeats.` }],
  };
}

/**
 * Mean and standard deviation of the grey values (or of each color) over the given cases, without the letterbox's
 * border. To be measured on the training cases alone.
 * @returns as many numbers as the preprocessing has channels
 * @throws InputError `normalization` when the images are constant
 */
export function measureNormalization({ frames, placements, preprocessing }: PreparedImages, indices: readonly number[]): { mean: number[]; std: number[] } {
  const { size, mean: channels } = preprocessing;
  const planes = frames[0]!.length / size ** 2;
  const measured = Array.from({ length: planes }, (_, plane) => {
    let [n, sum, squares] = [0, 0, 0];
    for (const index of indices) {
      const { top, left, rows, columns } = placements[index]!;
      for (let row = Math.max(0, top); row < Math.min(size, top + rows); row++) {
        const start = (plane * size + row) * size;
        for (let at = start + Math.max(0, left); at < start + Math.min(size, left + columns); at++) {
          const value = frames[index]![at]!;
          n += 1;
          sum += value;
          squares += value * value;
        }
      }
    }
    return { mean: sum / n, std: Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2)) };
  });
  if (!measured.every(({ std }) => std > 1e-6)) {
    throw new InputError("normalization", `normalization: expected images with some contrast, got ${indices.length} that are constant. Check the images.`);
  }
  const of = (channel: number) => measured[planes === 1 ? 0 : channel]!;
  return { mean: channels.map((_, channel) => of(channel).mean), std: channels.map((_, channel) => of(channel).std) };
}
