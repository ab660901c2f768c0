import { float32, type Tensor } from "../../base/index.js";
import type { EngineOptions } from "../../engine/index.js";
import type { Network } from "../../models/index.js";
import { createExplainer, type ExplainOptions } from "../explainer.js";
import type { MethodName } from "../methods/index.js";
import type { HeatMap } from "../upsample.js";

export interface ClassMapsOptions extends Omit<ExplainOptions, "target" | "scaling"> {
  readonly engine?: EngineOptions;
  readonly layer?: string | readonly string[];
  readonly signal?: AbortSignal;
  /** Called with the number of maps made since the last call. */
  readonly onMaps?: (count: number) => void;
}

/** Cases explained in one call: bounds the memory of what is at hand. */
const portion = 16;

/**
 * Maps of cases, each for a class of its own. One session per class that occurs, released before the next: memory is that of one.
 * @param classes one per case
 * @param read images [n, C, H, W] of some of the cases, by index
 */
export async function classMaps(
  { network, weights, read }: { readonly network: Network; readonly weights: ReadonlyMap<string, Tensor>; readonly read: (indices: readonly number[]) => Promise<Tensor<"float32">> },
  method: MethodName,
  classes: readonly number[],
  { signal, onMaps, ...options }: ClassMapsOptions,
): Promise<HeatMap[]> {
  const maps = Array.from<HeatMap>({ length: classes.length });
  for (const index of [...new Set(classes)].sort((a, b) => a - b)) {
    const members = classes.flatMap((one, i) => (one === index ? [i] : []));
    const explainer = await createExplainer(network, weights, method, { ...options, target: { class: index } });
    try {
      for (let first = 0; first < members.length; first += portion) {
        signal?.throwIfAborted();
        const part = members.slice(first, first + portion);
        const { maps: made } = await explainer.explain(await read(part), { signal });
        part.forEach((at, i) => (maps[at] = made[i]!));
        onMaps?.(part.length);
      }
    } finally {
      await explainer.release();
    }
  }
  return maps;
}

/** Image n of a batch, as a batch of one. */
export function oneOf(images: Tensor<"float32">, n: number): Float32Array {
  const size = images.data.length / images.shape[0]!;
  return images.data.subarray(n * size, (n + 1) * size);
}

/** Every image of a batch changed. */
export function changeEach(images: Tensor<"float32">, change: (image: Float32Array, n: number) => Float32Array): Tensor<"float32"> {
  const data = new Float32Array(images.data.length);
  const size = data.length / images.shape[0]!;
  for (let n = 0; n < images.shape[0]!; n++) data.set(change(oneOf(images, n), n), n * size);
  return float32(images.shape, data);
}
