import { InputError, float32, unknownName, type OnProgress, type Tensor } from "../base/index.js";
import { createSession, type EngineOptions } from "../engine/index.js";
import type { Network } from "../models/index.js";
import { askNetwork } from "./asking/ask-network.js";
import { askPredictions, rowsOf, type Predict } from "./asking/ask-predictions.js";
import { openNetwork } from "./asking/network-sessions.js";
import { explainedGraphToRun } from "./explained-graph.js";
import { fuseExplainers } from "./fused-explainer.js";
import type { DrivenMethod, DrivenOptions, LrpComposite, Question } from "./methods/contract.js";
import { drivenMethods, methods, type DrivenMethodName, type GraphMethodName, type MethodName } from "./methods/index.js";
import { requirePredictionsAlone } from "./methods/require-parts.js";
import { scaleToPeak } from "./scale-map.js";
import { selectClasses } from "./targets/select-classes.js";
import { isUnitTarget, predictedClass, type Target } from "./targets/target.js";
import type { HeatMap } from "./upsample.js";

export interface ExplainOptions extends DrivenOptions {
  /** Default: the predicted class of each image. */
  readonly target?: Target;
  /** `"peak"` (default) divides a map by its largest size, `"none"` leaves the method's own numbers. */
  readonly scaling?: "peak" | "none";
  /** Images run at once; default 16. */
  readonly batchSize?: number;
}

export interface ExplainerOptions extends ExplainOptions {
  /** Target layer, or several to be fused; the network's own where left out. */
  readonly layer?: string | readonly string[];
  /** Rules of layer-wise relevance propagation; the method's own where left out. */
  readonly composite?: LrpComposite;
  readonly engine?: EngineOptions;
}

/** What a caller may attach to a long explanation. */
export interface Watch {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

export interface Explanation {
  readonly method: MethodName;
  /** [N, K] */
  readonly logits: Tensor;
  /** One per image, of the layer's or the image's extent. */
  readonly maps: readonly HeatMap[];
  /** The method's readings of its own quality, one record per image; empty where it has none. */
  readonly readings: readonly Readonly<Record<string, number>>[];
}

/** A method ready to explain images of one model. */
export interface Explainer {
  /** @param images [N, C, H, W], as the network takes them */
  explain(images: Tensor<"float32">, watch?: Watch): Promise<Explanation>;
  /** Frees the memory. A second call does nothing. */
  release(): Promise<void>;
}

function isDriven(name: MethodName): name is DrivenMethodName {
  return Object.hasOwn(drivenMethods, name);
}

/** Image n of a batch [N, C, H, W]. */
function imageOf(images: Tensor<"float32">, n: number): Float32Array {
  const size = images.data.length / images.shape[0]!;
  return images.data.subarray(n * size, (n + 1) * size);
}

/** @throws InputError `images-shape` */
function extentOf({ shape }: Tensor): [channels: number, height: number, width: number] {
  if (shape.length === 4) return [shape[1]!, shape[2]!, shape[3]!];
  throw new InputError("images-shape", `explain: expected images [N, C, H, W], got [${shape.join(", ")}].`);
}

/**
 * Prepares a method for a network: every method, every target, any layer.
 * An image's map does not depend on the other images; what is random is drawn from the seed, the same for every image.
 * At several layers a method's scaled maps are fused: their mean.
 * @throws NotFoundError `unknown-method`, `unknown-layer`; InputError `one-layer`, `target-class`, `target-unit`
 */
export async function createExplainer(network: Network, weights: ReadonlyMap<string, Tensor>, method: MethodName, options: ExplainerOptions = {}): Promise<Explainer> {
  if (!Object.hasOwn(methods, method)) throw unknownName("method", method, Object.keys(methods));
  const { layer, scaling = "peak" } = options;
  // Maps of one layer's activations and gradients are fused within one graph, in one pass; of other methods one by one.
  if (typeof layer === "object" && methods[method].kind !== "cam") {
    if (layer.length === 0) throw new InputError("one-layer", "layer: expected at least one layer, got none.");
    const each: Explainer[] = [];
    for (const one of layer) each.push(await createExplainer(network, weights, method, { ...options, layer: one, scaling: "peak" }));
    return fuseExplainers(each, scaling);
  }
  return isDriven(method) ? drivenExplainer(network, weights, method, options) : graphExplainer(network, weights, method, options);
}

async function graphExplainer(network: Network, weights: ReadonlyMap<string, Tensor>, method: GraphMethodName, options: ExplainerOptions): Promise<Explainer> {
  const { batchSize = 16, baseline = 0, target, layer, scaling, composite, engine } = options;
  if (typeof baseline !== "number" && baseline !== "zero")
    throw new InputError("baseline", `${method}: expected a number as baseline, got ${Array.isArray(baseline) ? "several" : String(baseline)}.`);
  const session = await createSession(explainedGraphToRun(network, weights, { method, target, layer, scaling, composite, baseline: baseline === "zero" ? 0 : baseline }), engine);
  return {
    explain: async (images, { onProgress, signal } = {}) => {
      const shape = extentOf(images);
      const count = images.shape[0]!;
      const maps: HeatMap[] = [];
      const logits: number[] = [];
      for (let first = 0; first < count; first += batchSize) {
        signal?.throwIfAborted();
        const n = Math.min(batchSize, count - first);
        const size = images.data.length / count;
        const result = await session.run({ input: float32([n, ...shape], images.data.subarray(first * size, (first + n) * size)) });
        const map = result["map"]!;
        const [, height, width] = map.shape as [number, number, number];
        for (let i = 0; i < n; i++) maps.push({ values: (map.data as Float32Array).slice(i * height * width, (i + 1) * height * width), height, width });
        logits.push(...(result["logits"]!.data as Float32Array));
        onProgress?.({ task: methods[method].title, done: first + n, total: count, unit: "images" });
      }
      return { method, logits: float32([count, network.classes], logits), maps, readings: maps.map(() => ({})) };
    },
    release: () => session.release(),
  };
}

function drivenExplainer(network: Network, weights: ReadonlyMap<string, Tensor>, name: DrivenMethodName, options: ExplainerOptions): Explainer {
  const { target = predictedClass, engine, batchSize = 16 } = options;
  const layer = typeof options.layer === "string" ? options.layer : network.camLayer;
  const method: DrivenMethod = drivenMethods[name];
  checkOptions(method, options);
  const sessions = openNetwork(network, weights, { target, layer, needs: method.needs, engine });
  return {
    explain: async (images, watch = {}) => {
      const shape = extentOf(images);
      const count = images.shape[0]!;
      const logits: number[] = [];
      const found: Found[] = [];
      for (let n = 0; n < count; n++) {
        const image = imageOf(images, n);
        const forward = await sessions.forward();
        const { logits: row, activations } = await forward.run({ input: float32([1, ...shape], image) });
        logits.push(...(row!.data as Float32Array));
        const selector = isUnitTarget(target) ? new Float32Array(network.classes) : selectClasses(target, row!.data as Float32Array);
        const course = { ...watch, task: taskOf(method, n, count), batchSize };
        found.push(await ask(method, askNetwork(sessions, { image, shape, selector, activations }, course), options));
      }
      return { method: name, logits: float32([count, network.classes], logits), maps: found.map(({ map }) => map), readings: found.map(({ readings }) => readings) };
    },
    release: () => sessions.release(),
  };
}

/**
 * Explains images of a model of which only predictions can be had.
 * @throws UnsupportedError `needs-network` for a method that needs more; InputError `target-unit`
 */
export async function explainPredictions(
  predict: Predict,
  images: Tensor<"float32">,
  method: MethodName,
  { target = predictedClass, batchSize = 16, onProgress, signal, ...options }: ExplainOptions & Watch = {},
): Promise<Explanation> {
  if (!Object.hasOwn(methods, method)) throw unknownName("method", method, Object.keys(methods));
  requirePredictionsAlone(method, methods[method]);
  if (isUnitTarget(target)) throw new InputError("target-unit", "explain: expected a class as target where only predictions can be had, got a unit of a layer.");
  const driven: DrivenMethod = drivenMethods[method as DrivenMethodName];
  checkOptions(driven, { ...options, batchSize });
  const shape = extentOf(images);
  const count = images.shape[0]!;
  const found: Found[] = [];
  const rows: Float32Array[] = [];
  for (let n = 0; n < count; n++) {
    const image = imageOf(images, n);
    const [logits] = rowsOf(await predict(float32([1, ...shape], image)), 1) as [Float32Array];
    rows.push(logits.slice());
    const asked = { image, shape, selector: selectClasses(target, logits), target };
    found.push(await ask(driven, askPredictions(predict, asked, { task: taskOf(driven, n, count), batchSize, onProgress, signal }), options));
  }
  const logits = float32([count, rows[0]?.length ?? 0], rows.flatMap((row) => [...row]));
  return { method, logits, maps: found.map(({ map }) => map), readings: found.map(({ readings }) => readings) };
}

interface Found {
  readonly map: HeatMap;
  readonly readings: Readonly<Record<string, number>>;
}

/** @throws InputError `method-option` */
function checkOptions({ title }: DrivenMethod, { samples, cells, noise, batchSize }: ExplainOptions): void {
  for (const [name, value] of Object.entries({ samples, cells, batchSize })) {
    if (value === undefined || (Number.isInteger(value) && value >= 1)) continue;
    throw new InputError("method-option", `${title}, ${name}: expected a whole number of 1 or more, got ${value}.`);
  }
  if (noise !== undefined && !(noise >= 0)) throw new InputError("method-option", `${title}, noise: expected a share of 0 or more, got ${noise}.`);
}

async function ask(method: DrivenMethod, question: Question, options: ExplainOptions): Promise<Found> {
  const { readings = {}, ...map } = await method.explain(question, options);
  return { map: options.scaling === "none" ? map : scaleToPeak(map), readings };
}

function taskOf({ title }: DrivenMethod, n: number, count: number): string {
  return count === 1 ? title : `${title} · image ${n + 1} of ${count}`;
}
