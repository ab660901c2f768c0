import { float32, InputError, seededRandom, UnsupportedError, type Tensor } from "../base/index.js";
import type { EngineOptions } from "../engine/index.js";
import { explainedGraph, methods, type ExportableMethodName } from "../explain/index.js";
import { sha256 } from "../files/index.js";
import { prepare, type Preprocessing } from "../images/index.js";
import { buildNetwork, bundleNetwork, encodeBundle, initializeWeights, isArchitectureName, withGreyInput, type Bundle, type Network } from "../models/index.js";
import { resolveRecipe, trainFold, type CaseSource } from "../train/index.js";
import type { Example, TunedModel, TuneOptions } from "./contract.js";
import { decodeFor } from "./decode-for.js";
import { nameOf, readSource } from "./read-source.js";

type Weights = ReadonlyMap<string, Tensor<"float32">>;

export interface TunedBundle {
  readonly bundle: Bundle;
  readonly file: Uint8Array<ArrayBuffer>;
  readonly history: TunedModel["history"];
}

/** Lets the page draw and listen. */
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** @throws InputError `tune-examples` */
function labelsOf(examples: readonly Example[], known: readonly string[]): string[] {
  const given = [...new Set(examples.map(({ label }) => label))];
  if (examples.length < 2 || given.length < 2) {
    throw new InputError("tune-examples", `examples: expected images of at least two labels, got ${examples.length} of ${given.length}. Add images of another label.`);
  }
  return given.every((label) => known.includes(label)) ? [...known] : given.sort((a, b) => a.localeCompare(b, "en"));
}

/**
 * The network for the labels, with the weights it starts from.
 * @throws UnsupportedError `tune-network`
 */
function startOf(bundle: Bundle, labels: readonly string[], seed: number): { network: Network; weights: Weights; isNew: boolean } {
  const { metadata } = bundle;
  const { architecture, preprocessing } = metadata;
  const { network, weights } = bundleNetwork(bundle);
  if (!isArchitectureName(architecture) || network.stages.length === 0 || metadata.region !== undefined) {
    const got = metadata.region === undefined ? `"${architecture}", whose layers are not known` : "one that looks at a part of the image";
    throw new UnsupportedError("tune-network", `training in a page: expected a network of the shelf that sees the whole image, got ${got}. Train it with the program.`);
  }
  const isNew = labels.join("\n") !== metadata.labels.join("\n");
  if (!isNew) return { network, weights: weights as Weights, isNew };
  const built = buildNetwork(architecture, { classes: labels.length, inputSize: preprocessing.size });
  const fresh = preprocessing.mean.length === 1 ? withGreyInput(built) : built;
  const drawn = initializeWeights(fresh, seededRandom(seed, "head"));
  const head = new Set(fresh.headParameters);
  return { network: fresh, isNew, weights: new Map([...drawn].map(([name, value]) => [name, head.has(name) ? value : (weights.get(name) as Tensor<"float32">)])) };
}

/** Every example, prepared once and kept. */
async function prepareExamples(examples: readonly Example[], preprocessing: Preprocessing, { onProgress, signal }: TuneOptions): Promise<{ inputs: Float32Array[]; keys: string[] }> {
  const [inputs, keys]: [Float32Array[], string[]] = [[], []];
  for (const [done, { image, name = nameOf(image) }] of examples.entries()) {
    signal?.throwIfAborted();
    onProgress?.({ task: "reading images", done, total: examples.length });
    await breathe();
    const bytes = await readSource(image);
    inputs.push(prepare(await decodeFor(bytes, preprocessing, name), preprocessing));
    keys.push(sha256(bytes));
  }
  return { inputs, keys };
}

/** Trains the end of a model's network on labelled images. The same examples, options and seed give the same file on the same machine. */
export async function tuneBundle(bundle: Bundle, examples: readonly Example[], options: TuneOptions & Pick<EngineOptions, "device">): Promise<TunedBundle> {
  const { metadata } = bundle;
  const { part = "head", seed = 1, device, signal, onProgress } = options;
  const labels = labelsOf(examples, metadata.labels);
  const { network, weights, isNew } = startOf(bundle, labels, seed);
  const { preprocessing } = metadata;
  const { inputs, keys } = await prepareExamples(examples, preprocessing, options);
  const shape = [preprocessing.mean.length, preprocessing.size, preprocessing.size];
  const source: CaseSource = {
    labels: examples.map(({ label }) => labels.indexOf(label)),
    classNames: labels,
    augmented: false,
    key: (index) => keys[index]!,
    read: async (indices) => {
      await breathe();
      const data = new Float32Array(indices.length * inputs[0]!.length);
      indices.forEach((index, i) => data.set(inputs[index]!, i * inputs[0]!.length));
      return float32([indices.length, ...shape], data);
    },
  };
  const regime = part === "head" ? ({ name: "feature-extraction" } as const) : ({ name: "fine-tuning", stages: Math.min(2, network.stages.length) } as const);
  const recipe = resolveRecipe(regime.name, {
    batchSize: options.batchSize ?? 8,
    classWeights: "balanced",
    augmentation: false,
    ...(options.epochs !== undefined && { epochs: options.epochs }),
    ...(options.learningRate !== undefined && { optimizer: { learningRate: options.learningRate } }),
  });
  const trained = await trainFold({
    network,
    startWeights: weights,
    regime,
    recipe,
    source,
    train: examples.map((_, i) => i),
    seed,
    engine: { device },
    ...(signal && { signal }),
    onProgress: ({ done, total, note }) => onProgress?.({ task: "training", done, total, ...(note !== undefined && { note }) }),
  });
  const history = trained.history.map(({ loss, accuracy }) => ({ loss, accuracy }));
  const tuned = describe({ bundle, network, labels, isNew, weights: trained.weights, epochs: recipe.epochs, part, examples });
  return { bundle: tuned, file: encodeBundle(tuned, "the tuned model") as Uint8Array<ArrayBuffer>, history };
}

interface Description {
  readonly bundle: Bundle;
  readonly network: Network;
  readonly labels: readonly string[];
  readonly isNew: boolean;
  readonly weights: Weights;
  readonly epochs: number;
  readonly part: string;
  readonly examples: readonly Example[];
}

/** The method whose map the file carried, where it is one that a graph can hold. */
function methodOf({ metadata }: Bundle): ExportableMethodName | undefined {
  const name = metadata.training["explanation"];
  return typeof name === "string" && Object.hasOwn(methods, name) ? (name as ExportableMethodName) : undefined;
}

/** The new model file: explained as the old one, and saying what was done to it. What was measured of the old model does not hold for it. */
function describe({ bundle, network, labels, isNew, weights, epochs, part, examples }: Description): Bundle {
  const { scope: _, training, ...metadata } = bundle.metadata;
  const method = methodOf(bundle);
  const graph = explainedGraph(network, weights, method === undefined ? {} : { method });
  const count = (label: string): number => examples.filter((example) => example.label === label).length;
  const tuned = { part, epochs, newLabels: isNew, images: Object.fromEntries(labels.map((label) => [label, count(label)])), from: training };
  return { graph, metadata: { ...metadata, labels: [...labels], training: { tuned, ...(method && { explanation: method }), use: "Research only. Not a medical device." } } };
}
