import { float32, sizeOf, type OnProgress, type Tensor } from "../../base/index.js";
import type { Session } from "../../engine/index.js";
import type { Graph } from "../../graph/index.js";
import type { Network } from "../../models/index.js";
import { chunkGraph, runInChunks } from "../inference.js";
import { graphSha256, type SessionCache } from "../sessions.js";
import type { CaseSource, ReadOptions } from "../source.js";
import { FeatureCache } from "./feature-cache.js";

/** Images the frozen part takes at once. */
const chunk = 8;

export interface FeatureSourceOptions {
  readonly network: Network;
  readonly weights: Weights;
  /** Value at which the frozen part ends. */
  readonly cut: string;
  readonly images: CaseSource;
  readonly sessions: SessionCache;
  /** Folder of the cache; features stay in memory without one. */
  readonly directory?: string;
  /** Names this process among those that share the folder at once. */
  readonly writer?: string;
}

type Weights = ReadonlyMap<string, Tensor<"float32">>;

/** A frozen graph, and the weights that are bound in it. */
interface Frozen {
  readonly weights: Weights;
  readonly graph: Graph;
}

/** Frozen graphs by their first weight and their end: the folds of a cell start from the same tensors but for the head, and ask for the same graph. */
const known = new WeakMap<Tensor, Map<string, Frozen>>();

function frozenGraph(network: Network, weights: Weights, end: string): Graph {
  const bound = network.parameters.filter(({ name }) => !network.headParameters.includes(name)).map(({ name }) => name);
  const first = weights.get(bound[0]!)!;
  const made = known.get(first) ?? new Map<string, Frozen>();
  known.set(first, made);
  const key = `${network.architecture} ${network.inputSize} ${end}`;
  const before = made.get(key);
  if (before !== undefined && bound.every((name) => before.weights.get(name) === weights.get(name))) return before.graph;
  const graph = chunkGraph({ network, end, batch: chunk, weights });
  made.set(key, { weights, graph });
  return graph;
}

/**
 * A source of frozen features in place of images. Unaugmented views, and named views that come again, are computed once, whatever fold, seed or regime asks.
 */
export class FeatureSource implements CaseSource {
  readonly #images: CaseSource;
  readonly #cache: FeatureCache;
  readonly #graph: Graph;
  readonly #session: Session;
  readonly #output: string;
  readonly #shape: readonly number[];
  /** Ends when the read before is done: reads ahead would otherwise compute an image twice. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(images: CaseSource, cache: FeatureCache, graph: Graph, session: Session) {
    this.#images = images;
    this.#cache = cache;
    this.#graph = graph;
    this.#session = session;
    this.#output = graph.outputs[0]!.name;
    this.#shape = graph.outputs[0]!.shape.slice(1) as number[];
  }

  static async open(options: FeatureSourceOptions): Promise<FeatureSource> {
    const { network, weights, cut, images, sessions, directory, writer } = options;
    const graph = frozenGraph(network, weights, cut);
    const size = sizeOf(graph.outputs[0]!.shape.slice(1) as number[]);
    const session = await sessions.get(graph);
    const cache = await FeatureCache.open({ directory, writer, producer: graphSha256(graph), size });
    return new FeatureSource(images, cache, graph, session);
  }

  get labels(): readonly number[] {
    return this.#images.labels;
  }

  get classNames(): readonly string[] {
    return this.#images.classNames;
  }

  get targets(): CaseSource["targets"] {
    return this.#images.targets;
  }

  get augmented(): boolean {
    return this.#images.augmented;
  }

  key(index: number): string {
    return this.#images.key(index);
  }

  #cacheKey(index: number, view: string | undefined): string {
    const plain = `image ${this.#images.key(index)}`;
    return view === undefined || !this.augmented ? plain : `${plain} augmentation ${this.#images.augmentationKey ?? ""} ${view}`;
  }

  /** Computes what is not there yet of the unaugmented views, in the order given: whatever is read later is at hand. */
  async prepare(indices: readonly number[], { signal, task, onProgress }: { readonly signal?: AbortSignal; readonly task: string; readonly onProgress?: OnProgress }): Promise<void> {
    const missing = indices.filter((index) => !this.#cache.has(this.#cacheKey(index, undefined)));
    for (let first = 0; first < missing.length; first += chunk) {
      await this.read(missing.slice(first, first + chunk), { view: undefined, signal });
      onProgress?.({ task, done: Math.min(first + chunk, missing.length), total: missing.length, unit: "images" });
    }
  }

  async read(indices: readonly number[], options: ReadOptions): Promise<Tensor<"float32">> {
    if (options.keep === false) return this.#compute(indices, options, false);
    const result = this.#turn.then(() => this.#compute(indices, options, true));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #compute(indices: readonly number[], options: ReadOptions, kept: boolean): Promise<Tensor<"float32">> {
    const found = new Map<number, Float32Array>();
    for (const index of kept ? indices : []) {
      const features = await this.#cache.get(this.#cacheKey(index, options.view));
      if (features !== undefined) found.set(index, features);
    }
    const missing = [...new Set(indices)].filter((index) => !found.has(index));
    const images = missing.length === 0 ? undefined : await this.#images.read(missing, options);
    if (images !== undefined) {
      const size = sizeOf(this.#shape);
      const features = await runInChunks(this.#session, this.#graph, images, this.#output, options.signal);
      for (const [i, index] of missing.entries()) {
        const own = features.data.slice(i * size, (i + 1) * size);
        found.set(index, own);
        if (kept) await this.#cache.set(this.#cacheKey(index, options.view), own);
      }
    }
    return this.#stack(indices.map((index) => found.get(index)!));
  }

  #stack(rows: readonly Float32Array[]): Tensor<"float32"> {
    const size = sizeOf(this.#shape);
    const data = new Float32Array(rows.length * size);
    for (const [i, row] of rows.entries()) data.set(row, i * size);
    return float32([rows.length, ...this.#shape], data);
  }

  async close(): Promise<void> {
    await this.#cache.close();
  }
}
