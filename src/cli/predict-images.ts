import path from "node:path";
import { DataError, float32, InputError, type Tensor } from "../base/index.js";
import { createSession, type EngineOptions, type Session } from "../engine/index.js";
import type { HeatMap } from "../explain/index.js";
import { extractSubgraph, type Graph } from "../graph/index.js";
import { decodeImage, fitToFrame, fromShares, normalize, placement, type Box, type Placement, type Preprocessing } from "../images/index.js";
import { readBundle, type BundleMetadata } from "../models/index.js";

/** What a model says of one image. */
export interface ImagePrediction {
  readonly file: string;
  readonly label: string;
  /** By label, in the model's order. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** In the order of the labels. */
  readonly logits: Float32Array;
  /** Heat map of the predicted class, [h, w] in [0, 1], in the network's frame; empty where the model makes none. */
  readonly map: HeatMap;
  /** First plane of the image in the network's frame, in [0, 1]. */
  readonly frame: HeatMap;
  readonly placement: Placement;
  /** The part that was cut out, where the model looks at one. */
  readonly window?: Box;
}

export interface PredictOptions {
  readonly engine?: EngineOptions;
  /** Where to look on an image, where that is known; else the model finds it. */
  readonly windowOf?: (file: string, region: BundleMetadata["region"]) => Promise<Box | undefined>;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** A graph with what is needed to use it. */
export interface RunnableModel {
  readonly preprocessing: Preprocessing;
  readonly labels: readonly string[];
  /** What it looks at, where that is not the whole image. */
  readonly region?: BundleMetadata["region"];
}

type Image = Awaited<ReturnType<typeof decodeImage>>;
type Looked = Omit<ImagePrediction, "file" | "label" | "probabilities"> & { readonly probabilities: readonly number[] };

/** The sessions of a model: the classifier, and the detector that lies beside it in the same graph. */
class ModelSessions {
  readonly #model: RunnableModel;
  readonly #classifier: Session;
  readonly #detector: Session | undefined;

  private constructor(model: RunnableModel, classifier: Session, detector: Session | undefined) {
    this.#model = model;
    this.#classifier = classifier;
    this.#detector = detector;
  }

  static async open(graph: Graph, model: RunnableModel, engine: EngineOptions | undefined): Promise<ModelSessions> {
    if (model.region?.detector !== true) return new ModelSessions(model, await createSession(graph, engine), undefined);
    const outputs = graph.outputs.map(({ name }) => name).filter((name) => name !== "window");
    const classifier = await createSession(extractSubgraph(graph, ["input"], outputs), engine);
    return new ModelSessions(model, classifier, await createSession(extractSubgraph(graph, ["whole"], ["window"]), engine));
  }

  async release(): Promise<void> {
    await this.#classifier.release();
    await this.#detector?.release();
  }

  /** What the model says of one image. */
  async predict(file: string, windowOf: PredictOptions["windowOf"]): Promise<Looked> {
    const { preprocessing, region } = this.#model;
    const name = path.basename(file);
    const image = preprocessing.channels === "rgb" ? await decodeImage(file, { channels: "rgb", name }) : await decodeImage(file, { channels: "grey", name });
    if (region === undefined) return this.#look(image);
    const window = (await windowOf?.(file, region)) ?? (await this.#find(image, name));
    const cut = await this.#look(image, window);
    if (region.view === "crop") return { ...cut, window };
    const whole = await this.#look(image);
    return { ...whole, probabilities: whole.probabilities.map((p, k) => Math.fround((p + cut.probabilities[k]!) / 2)), window };
  }

  async #look(image: Image, window?: Box): Promise<Looked> {
    const { preprocessing } = this.#model;
    const { size } = preprocessing;
    const planes = fitToFrame(image, preprocessing, window);
    const { logits, probabilities, map } = await this.#classifier.run({ input: this.#input(planes) });
    return {
      logits: logits!.data as Float32Array,
      probabilities: Array.from(probabilities!.data as Float32Array),
      map: map === undefined ? { values: new Float32Array(0), height: 0, width: 0 } : { values: map.data as Float32Array, height: map.shape[1]!, width: map.shape[2]! },
      frame: { values: planes.subarray(0, size * size), height: size, width: size },
      placement: placement(image.height, image.width, preprocessing, window),
    };
  }

  /** Where the detector finds the region of interest. */
  async #find(image: Image, name: string): Promise<Box> {
    const { preprocessing } = this.#model;
    if (this.#detector === undefined) {
      throw new InputError("region-needed", `${name}: expected a region of interest, as this model looks at one and cannot find it itself, got none. Pass --regions.`);
    }
    const { window } = await this.#detector.run({ whole: this.#input(fitToFrame(image, preprocessing)) });
    return fromShares(window!.data as Float32Array, placement(image.height, image.width, preprocessing));
  }

  #input(planes: Float32Array): Tensor {
    const { preprocessing } = this.#model;
    const { size, mean } = preprocessing;
    return float32([1, mean.length, size, size], normalize(planes, preprocessing));
  }
}

/**
 * Runs a graph with outputs `logits`, `probabilities` and perhaps `map` on images, one after another.
 * @throws DataError `image-...` naming the image; InputError `region-needed`
 */
export async function runImages(graph: Graph, { files, ...model }: RunnableModel & { readonly files: readonly string[] }, options: PredictOptions = {}): Promise<ImagePrediction[]> {
  const sessions = await ModelSessions.open(graph, model, options.engine);
  const { labels } = model;
  try {
    const predictions: ImagePrediction[] = [];
    for (const file of files) {
      options.signal?.throwIfAborted();
      const { probabilities, ...rest } = await sessions.predict(file, options.windowOf);
      predictions.push({
        file,
        label: labels[probabilities.indexOf(Math.max(...probabilities))]!,
        probabilities: Object.fromEntries(labels.map((label, k) => [label, probabilities[k]!])),
        ...rest,
      });
      options.onProgress?.(predictions.length, files.length);
    }
    return predictions;
  } finally {
    await sessions.release();
  }
}

/**
 * Runs a model file of Osteon on images, one after another.
 * @throws DataError `model-...` for a file that is no model of Osteon, and what {@link runImages} throws
 */
export async function predictImages(modelFile: string, files: readonly string[], options: PredictOptions = {}): Promise<{ metadata: BundleMetadata; predictions: ImagePrediction[] }> {
  const { graph, metadata } = await readBundle(modelFile);
  const wanted = ["logits", "probabilities", "map", ...(metadata.region?.detector === true ? ["window"] : [])];
  const missing = wanted.find((name) => !graph.outputs.some((output) => output.name === name));
  if (missing !== undefined) throw new DataError("model-outputs", `${path.basename(modelFile)}: expected the outputs ${wanted.join(", ")}, got none named ${missing}. Export the model again.`);
  return { metadata, predictions: await runImages(graph, { ...metadata, files }, options) };
}
