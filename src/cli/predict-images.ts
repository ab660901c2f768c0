import path from "node:path";
import { DataError } from "../base/index.js";
import type { EngineOptions } from "../engine/index.js";
import type { Graph } from "../graph/index.js";
import { looksLikeDicom, parseDicom, readAcquisition } from "../dicom/index.js";
import { decodeImage, readImageFile, type Box } from "../images/index.js";
import { judgeScope, openPredictor, outputsOfBundle, readBundle, type BundleMetadata, type LookedAt, type ModelScope, type RunnableModel, type ScopeVerdict } from "../models/index.js";

/** What a model says of one image file. */
export interface ImagePrediction extends Omit<LookedAt, "probabilities"> {
  readonly file: string;
  readonly label: string;
  /** By label, in the model's order. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Whether the model was made for such an image. */
  readonly scope: ScopeVerdict;
}

/** An image that a model was not made for, and is not asked about. */
export interface DeclinedImage {
  readonly file: string;
  readonly scope: ScopeVerdict;
  /** What the model would have said, where it had to look to decline. */
  readonly looked?: ImagePrediction;
}

export interface PredictOptions {
  readonly engine?: EngineOptions;
  /** Where to look on an image, where that is known; else the model finds it. */
  readonly windowOf?: (file: string, region: BundleMetadata["region"]) => Promise<Box | undefined>;
  /** Told of each image that is out of scope, which then has no prediction; where left out, every image is predicted. */
  readonly onDeclined?: (declined: DeclinedImage) => void;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs a graph with outputs `logits`, `probabilities` and perhaps `map` on images, one after another.
 * @throws DataError `image-...` naming the image; InputError `region-needed`
 */
export async function runImages(graph: Graph, { files, scope: told, ...model }: RunnableModel & { readonly files: readonly string[]; readonly scope?: ModelScope }, options: PredictOptions = {}): Promise<ImagePrediction[]> {
  const predictor = await openPredictor(graph, model, options.engine);
  const { labels, preprocessing } = model;
  try {
    const predictions: ImagePrediction[] = [];
    let done = 0;
    for (const file of files) {
      options.signal?.throwIfAborted();
      const name = path.basename(file);
      const bytes = await readImageFile(file, name);
      const acquisition = looksLikeDicom(bytes) ? readAcquisition(parseDicom(bytes, { name, headerOnly: true })) : {};
      done += 1;
      // The header is looked at before anything is decoded.
      const byHeader = judgeScope(told, { acquisition });
      if (byHeader.verdict === "out-of-scope" && options.onDeclined !== undefined) {
        options.onDeclined({ file, scope: byHeader });
        options.onProgress?.(done, files.length);
        continue;
      }
      const image = preprocessing.channels === "rgb" ? await decodeImage(bytes, { channels: "rgb", name }) : await decodeImage(bytes, { channels: "grey", name });
      const { probabilities, ...rest } = await predictor.look(image, { name, windowOf: (region) => options.windowOf?.(file, region) ?? Promise.resolve(undefined) });
      const scope = judgeScope(told, { acquisition, ...(rest.distance !== undefined && { distance: rest.distance }) });
      const prediction: ImagePrediction = {
        file,
        label: labels[probabilities.indexOf(Math.max(...probabilities))]!,
        probabilities: Object.fromEntries(labels.map((label, k) => [label, probabilities[k]!])),
        ...rest,
        scope,
      };
      if (scope.verdict === "out-of-scope" && options.onDeclined !== undefined) options.onDeclined({ file, scope, looked: prediction });
      else predictions.push(prediction);
      options.onProgress?.(done, files.length);
    }
    return predictions;
  } finally {
    await predictor.release();
  }
}

/**
 * Runs a model file of Osteon on images, one after another.
 * @throws DataError `model-...` for a file that is no model of Osteon, and what {@link runImages} throws
 */
export async function predictImages(modelFile: string, files: readonly string[], options: PredictOptions = {}): Promise<{ metadata: BundleMetadata; predictions: ImagePrediction[] }> {
  const { graph, metadata } = await readBundle(modelFile);
  const wanted = outputsOfBundle(metadata);
  const missing = wanted.find((name) => !graph.outputs.some((output) => output.name === name));
  if (missing !== undefined) throw new DataError("model-outputs", `${path.basename(modelFile)}: expected the outputs ${wanted.join(", ")}, got none named ${missing}. Export the model again.`);
  return { metadata, predictions: await runImages(graph, { ...metadata, files }, options) };
}
