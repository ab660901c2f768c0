import { float32, seededRandom, type Tensor } from "../base/index.js";
import { buildNetwork, initializeWeights, type ArchitectureName, type Network } from "../models/index.js";
import { resolveRecipe, type RecipeChanges } from "./recipe.js";
import type { RegimeName } from "./regimes.js";
import type { CaseSource } from "./source.js";

/** A batch from images of equal shape. */
function stackImages(images: readonly Float32Array[], shape: readonly [number, number, number]): Tensor<"float32"> {
  const size = shape[0] * shape[1] * shape[2];
  const data = new Float32Array(images.length * size);
  for (const [i, image] of images.entries()) data.set(image, i * size);
  return float32([images.length, ...shape], data);
}

/** Images of noise in which a class has a brighter band of its own: easy to learn, impossible to guess. */
export function bandSource(options: { cases: number; classes?: number; size?: number; augmented?: boolean }): CaseSource & { reads: number } {
  const { cases, classes = 2, size = 32, augmented = false } = options;
  const labels = Array.from({ length: cases }, (_, i) => i % classes);
  const image = (index: number, view: string | undefined): Float32Array => {
    const random = seededRandom("band", index, augmented ? (view ?? "") : "");
    const row = Math.floor((labels[index]! * size) / classes);
    return Float32Array.from({ length: 3 * size * size }, (_, i) => {
      const y = Math.floor(i / size) % size;
      return random.normal() * 0.5 + (y >= row && y < row + size / classes ? 1 : -1);
    });
  };
  const source = {
    reads: 0,
    labels,
    classNames: Array.from({ length: classes }, (_, k) => `class ${k}`),
    augmented,
    augmentationKey: "band",
    key: (index: number) => `band ${size} ${classes} ${index}`,
    read: (indices: readonly number[], { view }: { view: string | undefined }) => {
      source.reads += indices.length;
      return Promise.resolve(stackImages(indices.map((index) => image(index, view)), [3, size, size]));
    },
  };
  return source;
}

/** A tiny network with fresh weights, and a recipe for it. */
export function tinyTask(
  regime: RegimeName,
  changes: RecipeChanges = {},
  options: { architecture?: ArchitectureName; classes?: number } = {},
): { network: Network; startWeights: Map<string, Tensor<"float32">>; recipe: ReturnType<typeof resolveRecipe> } {
  const network = buildNetwork(options.architecture ?? "mobilenet_v2-tiny", { classes: options.classes ?? 2, inputSize: 32 });
  const startWeights = initializeWeights(network, seededRandom("start"));
  return { network, startWeights, recipe: resolveRecipe(regime, { epochs: 3, batchSize: 4, ...changes }) };
}

/** Names of the tensors that are not equal bit for bit. */
export function differing(a: ReadonlyMap<string, Tensor>, b: ReadonlyMap<string, Tensor>): string[] {
  const bits = (tensor: Tensor | undefined) =>
    tensor === undefined ? Buffer.alloc(0) : Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => !bits(a.get(name)).equals(bits(b.get(name))));
}
