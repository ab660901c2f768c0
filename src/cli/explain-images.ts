import { OsteonError, float32, type OnProgress, type Tensor } from "../base/index.js";
import type { EngineOptions } from "../engine/index.js";
import { combineMaps, countPasses, createExplainer, explainPredictions, methods, type DrivenOptions, type HeatMap, type MethodName, type Target } from "../explain/index.js";
import { decodeImage, fitToFrame, normalize } from "../images/index.js";
import path from "node:path";
import type { ExplainedModel } from "./open-explained-model.js";
import type { ImagePrediction } from "./predict-images.js";

/** One map of one image. */
export interface ImageMap {
  /** Name of the method, or of a combination. */
  readonly name: string;
  readonly title: string;
  readonly signed: boolean;
  /** The method's own numbers, in the network's frame. */
  readonly map: HeatMap;
  readonly readings: Readonly<Record<string, number>>;
  /** Samples asked for, where the method draws any. */
  readonly samples?: number;
  /** Seconds for one image; of a combination none. */
  readonly seconds?: number;
}

export interface Refusal {
  readonly method: MethodName;
  readonly reason: string;
}

export interface ExplainImagesOptions {
  readonly names: readonly MethodName[];
  /** Whether a method that does not suit the model is passed over. */
  readonly lenient: boolean;
  readonly target: Target;
  readonly layer: string | readonly string[] | undefined;
  readonly asking: DrivenOptions & { readonly batchSize?: number };
  readonly engine?: EngineOptions;
  /** Samples by method, where not asked for. */
  readonly samples: Partial<Record<MethodName, number>>;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/** A backward pass takes about the time of two forward ones. */
const backwardWeight = 2;

/** The image as the model sees it, [1, C, S, S]. */
async function inputOf({ preprocessing, region }: ExplainedModel, { file, window }: ImagePrediction): Promise<Float32Array> {
  const image = await decodeImage(file, { channels: preprocessing.channels, name: path.basename(file) });
  return normalize(fitToFrame(image, preprocessing, region?.view === "crop" ? window : undefined), preprocessing);
}

function samplesOf(name: MethodName, { asking, samples }: ExplainImagesOptions): number | undefined {
  const { samples: own } = methods[name] as { samples?: number };
  return own === undefined ? undefined : (asking.samples ?? samples[name] ?? own);
}

/** Explains images by every method, one method after another; progress counts passes through the network. */
export async function explainImages(model: ExplainedModel, predictions: readonly ImagePrediction[], options: ExplainImagesOptions): Promise<{ maps: ImageMap[][]; refused: Refusal[] }> {
  const { size, mean } = model.preprocessing;
  const inputs: Float32Array[] = [];
  for (const prediction of predictions) inputs.push(await inputOf(model, prediction));
  const images = float32([inputs.length, mean.length, size, size], new Float32Array(inputs.length * inputs[0]!.length));
  inputs.forEach((input, n) => images.data.set(input, n * input.length));
  const network = model.inside?.network;
  const layers = options.layer === undefined ? [network?.camLayer] : [options.layer].flat();
  const channels = Math.max(1, ...layers.map((name) => Number(network?.graph.values.get(name ?? "")?.shape[1] ?? 1)));
  const work = options.names.map((name) => {
    const { forward, backward } = countPasses(methods[name], { ...options.asking, samples: samplesOf(name, options), inputSize: size, channels });
    return inputs.length * (1 + forward + backwardWeight * backward);
  });
  const total = Math.ceil(work.reduce((sum, passes) => sum + passes, 0));
  const maps: ImageMap[][] = predictions.map(() => []);
  const refused: Refusal[] = [];
  let done = 0;
  let failure: unknown;
  for (const [i, name] of options.names.entries()) {
    options.signal.throwIfAborted();
    const { title, signed } = methods[name];
    const tell = (share: number) => options.onProgress({ task: "explaining", done: Math.floor(done + work[i]! * Math.min(1, share)), total, unit: "passes", note: title });
    tell(0);
    const samples = samplesOf(name, options);
    const started = performance.now();
    try {
      const explanation = await explainBy(model, name, images, { ...options, asking: { ...options.asking, ...(samples !== undefined && { samples }) }, onProgress: within(tell, inputs.length) });
      const seconds = (performance.now() - started) / 1000 / inputs.length;
      explanation.maps.forEach((map, n) => maps[n]!.push({ name, title, signed, map, readings: explanation.readings[n]!, seconds, ...(samples !== undefined && { samples }) }));
    } catch (error) {
      if (!options.lenient || !(error instanceof OsteonError) || error.exitCode === 70) throw error;
      failure = error;
      refused.push({ method: name, reason: error.message });
    }
    done += work[i]!;
  }
  if (failure !== undefined && maps[0]!.length === 0) throw failure;
  options.onProgress({ task: "explaining", done: total, total, unit: "passes" });
  for (const ofImage of maps) if (ofImage.length > 1) ofImage.push(...combined(ofImage));
  return { maps, refused };
}

/** Share of the images done, from the progress of one image after another. */
function within(tell: (share: number) => void, count: number): OnProgress {
  let finished = 0;
  return ({ done, total }) => {
    tell((finished + done / total) / count);
    if (done >= total) finished++;
  };
}

async function explainBy(model: ExplainedModel, name: MethodName, images: Tensor<"float32">, { target, layer, asking, engine, onProgress, signal }: ExplainImagesOptions) {
  const common = { ...asking, engine, target, scaling: "none" } as const;
  if (model.inside === undefined) return explainPredictions(model.predict, images, name, { ...common, onProgress, signal });
  const explainer = await createExplainer(model.inside.network, model.inside.weights, name, { ...common, ...(layer !== undefined && { layer }) });
  try {
    return await explainer.explain(images, { onProgress, signal });
  } finally {
    await explainer.release();
  }
}

function combined(maps: readonly ImageMap[]): ImageMap[] {
  const { mean, agreement, disagreement } = combineMaps(maps.map(({ map }) => map));
  const note = { readings: { maps: maps.length } };
  return [
    { name: "combined-mean", title: "Mean of the maps", signed: maps.some(({ signed }) => signed), map: mean, ...note },
    { name: "combined-agreement", title: "Agreement of the maps", signed: false, map: agreement, ...note },
    { name: "combined-disagreement", title: "Disagreement", signed: false, map: disagreement, ...note },
  ];
}
