import { float32, DataError } from "../base/index.js";
import { createSession, type EngineOptions } from "../engine/index.js";
import type { HeatMap } from "../explain/index.js";
import { decodeImage, fitToFrame, normalize, placement, type Placement, type Preprocessing } from "../images/index.js";
import { readBundle, type BundleMetadata } from "../models/index.js";
import path from "node:path";

/** What a model says of one image. */
export interface ImagePrediction {
  readonly file: string;
  readonly label: string;
  /** By label, in the model's order. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Heat map of the predicted class, [h, w] in [0, 1], in the network's frame. */
  readonly map: HeatMap;
  /** First plane of the image in the network's frame, in [0, 1]. */
  readonly frame: HeatMap;
  readonly placement: Placement;
}

export interface PredictOptions {
  readonly engine?: EngineOptions;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** The bytes of an image in the frame of a model. */
async function frameOf(file: string, preprocessing: Preprocessing): Promise<{ planes: Float32Array; height: number; width: number }> {
  const name = path.basename(file);
  const image = preprocessing.channels === "rgb" ? await decodeImage(file, { channels: "rgb", name }) : await decodeImage(file, { channels: "grey", name });
  return { planes: fitToFrame(image, preprocessing), height: image.height, width: image.width };
}

/**
 * Runs a model file of Osteon on images, one after another.
 * @throws DataError `model-...` for a file that is no model of Osteon, `image-...` naming the image
 */
export async function predictImages(modelFile: string, files: readonly string[], options: PredictOptions = {}): Promise<{ metadata: BundleMetadata; predictions: ImagePrediction[]}> {
  const { graph, metadata } = await readBundle(modelFile);
  const { preprocessing, labels } = metadata;
  const missing = ["logits", "probabilities", "map"].find((name) => !graph.outputs.some((output) => output.name === name));
  if (missing !== undefined) throw new DataError("model-outputs", `${path.basename(modelFile)}: expected the outputs logits, probabilities and map, got none named ${missing}. Export the model again.`);
  const session = await createSession(graph, options.engine);
  try {
    const predictions: ImagePrediction[] = [];
    for (const file of files) {
      options.signal?.throwIfAborted();
      const { planes, height, width } = await frameOf(file, preprocessing);
      const { size, mean } = preprocessing;
      const result = await session.run({ input: float32([1, mean.length, size, size], normalize(planes, preprocessing)) });
      const probabilities = Array.from(result["probabilities"]!.data as Float32Array);
      const map = result["map"]!;
      predictions.push({
        file,
        label: labels[probabilities.indexOf(Math.max(...probabilities))]!,
        probabilities: Object.fromEntries(labels.map((label, k) => [label, probabilities[k]!])),
        map: { values: map.data as Float32Array, height: map.shape[1]!, width: map.shape[2]! },
        frame: { values: planes.subarray(0, size * size), height: size, width: size },
        placement: placement(height, width, preprocessing),
      });
      options.onProgress?.(predictions.length, files.length);
    }
    return { metadata, predictions };
  } finally {
    await session.release();
  }
}
