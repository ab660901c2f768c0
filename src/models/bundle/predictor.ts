import { float32, InputError, type Tensor } from "../../base/index.js";
import { createSession, type EngineOptions, type Session } from "../../engine/index.js";
import { extractSubgraph, type Graph } from "../../graph/index.js";
import { fitToFrame, fromShares, normalize, placement, type Box, type DecodedImage, type Placement, type Preprocessing } from "../../images/index.js";
import { distanceOutput } from "../scope/distance-graph.js";
import type { BundleMetadata } from "./metadata.js";

/** A graph with what is needed to use it. */
export interface RunnableModel {
  readonly preprocessing: Preprocessing;
  readonly labels: readonly string[];
  /** What it looks at, where that is not the whole image. */
  readonly region?: BundleMetadata["region"];
}

/** Values over the network's frame, row-major. */
interface Plane {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** What a model says of one image. */
export interface LookedAt {
  /** In the order of the labels. */
  readonly logits: Float32Array;
  readonly probabilities: readonly number[];
  /** Heat map of the predicted class, [h, w] in [0, 1], in the network's frame; empty where the model makes none. */
  readonly map: Plane;
  /** First plane of the image in the network's frame, in [0, 1]. */
  readonly frame: Plane;
  readonly placement: Placement;
  /** The part that was cut out, where the model looks at one. */
  readonly window?: Box;
  /** How far the image lies from those the model was trained on, where the file measures it: about 1 for a typical one. */
  readonly distance?: number;
}

/** A loaded model: images in, what it says out. */
export interface Predictor {
  /**
   * @param image decoded with the channels that the preprocessing names
   * @param options windowOf: where to look, where that is known; else the model finds it
   * @throws InputError `region-needed`, `preprocessing`
   */
  look(image: DecodedImage, options: { readonly name: string; readonly windowOf?: (region: NonNullable<BundleMetadata["region"]>) => Promise<Box | undefined> }): Promise<LookedAt>;
  release(): Promise<void>;
}

/** Loads a graph with outputs `logits`, `probabilities` and perhaps `map`, and the detector that lies beside it. */
export async function openPredictor(graph: Graph, model: RunnableModel, engine?: EngineOptions): Promise<Predictor> {
  if (model.region?.detector !== true) return new SessionPredictor(model, await createSession(graph, engine), undefined);
  const outputs = graph.outputs.map(({ name }) => name).filter((name) => name !== "window");
  const classifier = await createSession(extractSubgraph(graph, ["input"], outputs), engine);
  return new SessionPredictor(model, classifier, await createSession(extractSubgraph(graph, ["whole"], ["window"]), engine));
}

class SessionPredictor implements Predictor {
  readonly #model: RunnableModel;
  readonly #classifier: Session;
  readonly #detector: Session | undefined;

  constructor(model: RunnableModel, classifier: Session, detector: Session | undefined) {
    this.#model = model;
    this.#classifier = classifier;
    this.#detector = detector;
  }

  async release(): Promise<void> {
    await this.#classifier.release();
    await this.#detector?.release();
  }

  async look(image: DecodedImage, { name, windowOf }: Parameters<Predictor["look"]>[1]): Promise<LookedAt> {
    const { region } = this.#model;
    if (region === undefined) return this.#see(image);
    const window = (await windowOf?.(region)) ?? (await this.#find(image, name));
    const cut = await this.#see(image, window);
    if (region.view === "crop") return { ...cut, window };
    const whole = await this.#see(image);
    // The farther look decides whether the image is one the model was made for.
    const distance = whole.distance === undefined ? undefined : Math.max(whole.distance, cut.distance!);
    return { ...whole, probabilities: whole.probabilities.map((p, k) => Math.fround((p + cut.probabilities[k]!) / 2)), window, ...(distance !== undefined && { distance }) };
  }

  async #see(image: DecodedImage, window?: Box): Promise<LookedAt> {
    const { preprocessing } = this.#model;
    const { size } = preprocessing;
    const planes = fitToFrame(image, preprocessing, window);
    const { logits, probabilities, map, [distanceOutput]: distance } = await this.#classifier.run({ input: this.#input(planes) });
    return {
      logits: logits!.data as Float32Array,
      probabilities: Array.from(probabilities!.data as Float32Array),
      map: map === undefined ? { values: new Float32Array(0), height: 0, width: 0 } : { values: map.data as Float32Array, height: map.shape[1]!, width: map.shape[2]! },
      frame: { values: planes.subarray(0, size * size), height: size, width: size },
      placement: placement(image.height, image.width, preprocessing, window),
      ...(distance && { distance: (distance.data as Float32Array)[0]! }),
    };
  }

  /** Where the detector finds the region of interest. */
  async #find(image: DecodedImage, name: string): Promise<Box> {
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

/** Outputs that a model file of Osteon has: a model that finds its region has one more. */
export function outputsOfBundle({ region }: Pick<BundleMetadata, "region">): string[] {
  return ["logits", "probabilities", "map", ...(region?.detector === true ? ["window"] : [])];
}
