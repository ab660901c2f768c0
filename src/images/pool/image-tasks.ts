import { seededRandom } from "../../base/index.js";
import { sha256 } from "../../files/index.js";
import { augment } from "../augment.js";
import type { AugmentationRecipe } from "../augment/index.js";
import { decodeImage, readImageFile } from "../decode-image.js";
import type { SizeLimits } from "../inspect-image.js";
import type { Placement } from "../placement.js";
import { placement } from "../placement.js";
import type { Preprocessing } from "../preprocessing.js";
import { fitToFrame, normalize, planesOf } from "../prepare.js";
import type { ImageSource } from "../radiograph.js";
import type { Box } from "../region.js";

export interface FitRequest {
  readonly file: string;
  /** How errors call the file. */
  readonly name: string;
  readonly preprocessing: Preprocessing;
  /** The part of the image that is wanted; all of it where left out. */
  readonly window?: Box;
  readonly limits?: SizeLimits;
  /** Whether text burned into a DICOM image is painted over (default) or stays. */
  readonly burnedIn?: "kept" | "masked";
}

/** An image in the network frame, not normalized, and where it came from. */
export interface FittedImage {
  /** [P, S, S] in 0..1. */
  readonly frame: Float32Array;
  readonly placement: Placement;
  readonly source: ImageSource;
  /** SHA-256 of the file's bytes. */
  readonly sha256: string;
}

/** Decodes bytes already read and carries them into the network frame. */
export async function fitBytes(bytes: Uint8Array, { name, preprocessing, window, limits, burnedIn }: Omit<FitRequest, "file">): Promise<Omit<FittedImage, "sha256">> {
  const image = await decodeImage(bytes, { ...limits, name, channels: preprocessing.channels, ...(burnedIn && { burnedIn }) });
  return { frame: fitToFrame(image, preprocessing, window), placement: placement(image.height, image.width, preprocessing, window), source: image.source };
}

export interface BatchRequest {
  /** One [P, S, S] image per case; shared memory is not copied. */
  readonly frames: readonly Float32Array[];
  readonly preprocessing: Preprocessing;
  readonly augmentation?: {
    readonly recipe: AugmentationRecipe;
    /** Keys of each case's random stream. */
    readonly keys: readonly (readonly (string | number)[])[];
  };
}

/** Augments and normalizes one batch, and says how long that took. */
export function assembleBatch({ frames, preprocessing, augmentation }: BatchRequest): { images: Float32Array; milliseconds: number } {
  const started = performance.now();
  const { size, mean, fill } = preprocessing;
  const perCase = mean.length * size * size;
  const images = new Float32Array(frames.length * perCase);
  frames.forEach((frame, n) => {
    const shape = [planesOf(preprocessing), size, size];
    const data =
      augmentation === undefined
        ? frame
        : augment({ dtype: "float32", shape, data: frame }, augmentation.recipe, { random: seededRandom(...augmentation.keys[n]!), fill }).data;
    normalize(data, preprocessing, images.subarray(n * perCase, (n + 1) * perCase));
  });
  return { images, milliseconds: performance.now() - started };
}

/** What the image workers do. */
export const imageTasks = {
  /** Decodes a file and carries it into the network frame. */
  async fit(request: FitRequest): Promise<FittedImage> {
    const bytes = await readImageFile(request.file, request.name);
    return { ...(await fitBytes(bytes, request)), sha256: sha256(bytes) };
  },

  /** Decodes a file to the network's input, [C, S, S]. */
  async prepare(request: FitRequest): Promise<Omit<FittedImage, "frame"> & { pixels: Float32Array }> {
    const { frame, ...rest } = await imageTasks.fit(request);
    return { ...rest, pixels: normalize(frame, request.preprocessing) };
  },

  batch: assembleBatch,
};
