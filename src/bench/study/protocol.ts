import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { float32, seededRandom, type Tensor } from "../../base/index.js";
import { buildNetwork, initializeWeights } from "../../models/index.js";
import { resolveRecipe, trainFold, type CaseSource, type RegimeName } from "../../train/index.js";

/** A small study, the same for every peer: three regimes, each cross-validated. */
export interface StudyProtocol {
  readonly network: "mobilenet_v2";
  readonly images: number;
  readonly size: number;
  readonly folds: number;
  readonly batch: number;
  readonly threads: number;
  /** Accuracy on the fold's test part whose time is told. */
  readonly accuracy: number;
  readonly regimes: Readonly<Record<RegimeName, RegimeProtocol>>;
}

/** SGD with momentum 0.9 and weight decay 1e-4 on everything, at one rate. */
export interface RegimeProtocol {
  readonly epochs: number;
  readonly learningRate: number;
  /** Batch statistics, or the stored ones. */
  readonly batchNorm: "train" | "frozen";
  /** Weights it starts from: random ones, or those of a training on other images. */
  readonly start: "random" | "pretrained";
}

/** One training run: a regime and a fold. */
export interface StudyItem {
  readonly regime: RegimeName;
  readonly fold: number;
}

export const classes = 3;

export const regimeProtocols: StudyProtocol["regimes"] = {
  scratch: { epochs: 14, learningRate: 0.05, batchNorm: "train", start: "random" },
  "feature-extraction": { epochs: 30, learningRate: 0.05, batchNorm: "frozen", start: "pretrained" },
  "fine-tuning": { epochs: 6, learningRate: 0.01, batchNorm: "frozen", start: "pretrained" },
};

/** Fold by fold, so that a part of the study has all regimes. */
export function itemsOf({ folds, regimes }: Pick<StudyProtocol, "folds" | "regimes">): StudyItem[] {
  return Array.from({ length: folds }, (_, fold) => (Object.keys(regimes) as RegimeName[]).map((regime) => ({ regime, fold }))).flat();
}

/** Pixels from stripe to stripe, by class. */
const widths = { own: [5, 10, 20], foreign: [4, 7, 14, 28] } as const;

/** Stripes whose width tells the class, of random direction and phase, in noise. */
function stripes(index: number, { size, kind }: { readonly size: number; readonly kind: "own" | "foreign" }): Float32Array {
  const random = seededRandom("study", kind, index);
  const angle = random.between(0, Math.PI);
  const width = widths[kind][index % widths[kind].length]!;
  const phase = random.between(0, 2 * Math.PI);
  const pixels = size * size;
  const plane = Float32Array.from({ length: pixels }, (_, i) => {
    const along = Math.cos(angle) * (i % size) + Math.sin(angle) * Math.floor(i / size);
    return Math.sin((2 * Math.PI * along) / width + phase) + 0.4 * random.normal();
  });
  const image = new Float32Array(3 * pixels);
  for (let channel = 0; channel < 3; channel++) image.set(plane, channel * pixels);
  return image;
}

/** Images that are there at once. */
export function sourceOf(data: Float32Array, { size, count }: { readonly size: number; readonly count: number }): CaseSource {
  const length = 3 * size * size;
  return {
    labels: Array.from({ length: data.length / length }, (_, i) => i % count),
    classNames: Array.from({ length: count }, (_, k) => `class ${k}`),
    augmented: false,
    key: (index) => `stripes ${index}`,
    read: (indices) => {
      const rows = new Float32Array(indices.length * length);
      for (const [i, index] of indices.entries()) rows.set(data.subarray(index * length, (index + 1) * length), i * length);
      return Promise.resolve(float32([indices.length, 3, size, size], rows));
    },
  };
}

function imagesOf(count: number, options: { readonly size: number; readonly kind: "own" | "foreign" }): Float32Array {
  const length = 3 * options.size * options.size;
  const data = new Float32Array(count * length);
  for (let i = 0; i < count; i++) data.set(stripes(i, options), i * length);
  return data;
}

type Weights = ReadonlyMap<string, Tensor<"float32">>;

/** Random weights, and those of a short training on other images, each with a new head. */
async function startWeights({ network: name, size, batch, threads }: StudyProtocol): Promise<Record<RegimeProtocol["start"], Weights>> {
  const network = buildNetwork(name, { classes, inputSize: size, dropout: 0 });
  const random = initializeWeights(network, seededRandom("study"));
  const foreign = buildNetwork(name, { classes: widths.foreign.length, inputSize: size, dropout: 0 });
  const count = 8 * batch;
  const { weights } = await trainFold({
    network: foreign, startWeights: initializeWeights(foreign, seededRandom("foreign")), regime: { name: "scratch" },
    recipe: resolveRecipe("scratch", { epochs: 20, batchSize: batch, augmentation: false, optimizer: { name: "sgd", learningRate: 0.05, momentum: 0.9 } }),
    source: sourceOf(imagesOf(count, { size, kind: "foreign" }), { size, count: widths.foreign.length }),
    train: Array.from({ length: count }, (_, i) => i), seed: 1, engine: { threads },
  });
  const head = new Set(network.headParameters);
  return { random, pretrained: new Map(network.parameters.map(({ name: parameter }) => [parameter, (head.has(parameter) ? random : weights).get(parameter)!])) };
}

/** Names and shapes in the order in which a file of weights has them. */
export type WeightsIndex = readonly { readonly name: string; readonly shape: readonly number[] }[];

/** What peers read: the protocol with the labels and the index of the weights' files. */
export interface WrittenProtocol extends StudyProtocol {
  readonly labels: readonly number[];
  /** Fold that tests an image; every fold has as many images of each class. */
  readonly foldOf: readonly number[];
  readonly weights: WeightsIndex;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);

/**
 * Writes what the peers share: `study.json`, and as bare floats `images.f32`, `random.f32` and `pretrained.f32`. A folder that has the same
 * study is left as it is, with its results.
 */
export async function writeProtocol(folder: string, protocol: StudyProtocol): Promise<void> {
  const file = path.join(folder, "study.json");
  if (existsSync(file)) {
    const { labels: _, foldOf: __, weights: ___, ...known } = readProtocol(folder);
    if (JSON.stringify(known) === JSON.stringify(protocol)) return;
    throw new Error(`${folder}: expected an empty folder or one of the same study, got one of another. Choose another folder.`);
  }
  mkdirSync(folder, { recursive: true });
  const starts = await startWeights(protocol);
  writeFileSync(path.join(folder, "images.f32"), bytesOf(imagesOf(protocol.images, { size: protocol.size, kind: "own" })));
  for (const [name, weights] of Object.entries(starts)) writeFileSync(path.join(folder, `${name}.f32`), Buffer.concat([...weights.values()].map(({ data }) => bytesOf(data))));
  const written: WrittenProtocol = {
    ...protocol,
    labels: Array.from({ length: protocol.images }, (_, i) => i % classes),
    foldOf: Array.from({ length: protocol.images }, (_, i) => Math.floor(i / classes) % protocol.folds),
    weights: [...starts.pretrained].map(([name, { shape }]) => ({ name, shape })),
  };
  writeFileSync(file, JSON.stringify(written));
}

export function readProtocol(folder: string): WrittenProtocol {
  return JSON.parse(readFileSync(path.join(folder, "study.json"), "utf8")) as WrittenProtocol;
}
