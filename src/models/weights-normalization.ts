import { DataError } from "../base/index.js";
import { isArchitectureName } from "./network.js";
import { kerasFamilyOf } from "./architectures/keras/index.js";
import { areKerasNames } from "./weights/keras-names.js";

/** What is taken from values in [0, 1], and what they are divided by, per channel. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Key of the description that `osteon weights import` writes into a safetensors file. */
export const weightsMetadataKey = "osteonWeights";

/**
 * What a file of weights says that its network expects of images: stated in a file that Osteon wrote, or implied by
 * Keras's names. undefined where nothing is said.
 * @throws DataError `weights-metadata` for a description that is damaged
 */
export function statedNormalization(network: string, file: { readonly name: string; readonly tensors: Iterable<string>; readonly metadata: Readonly<Record<string, string>> }): Normalization | undefined {
  const text = Object.hasOwn(file.metadata, weightsMetadataKey) ? file.metadata[weightsMetadataKey]! : undefined;
  if (text !== undefined) return readDescription(text, file.name);
  if (!isArchitectureName(network) || !areKerasNames(file.tensors)) return undefined;
  return kerasFamilyOf(network)?.normalization;
}

function readDescription(text: string, name: string): Normalization | undefined {
  const isTriple = (value: unknown): value is number[] => Array.isArray(value) && value.length === 3 && value.every(Number.isFinite);
  try {
    const { normalization } = JSON.parse(text) as { normalization?: { mean?: unknown; std?: unknown } };
    if (normalization === undefined) return undefined;
    const { mean, std } = normalization;
    if (isTriple(mean) && isTriple(std) && std.every((value) => value > 0)) return { mean, std };
  } catch {
    // Text that is no JSON is as wrong as one without the numbers.
  }
  throw new DataError("weights-metadata", `${name}: expected three means and three deviations in its description, got others. Import the weights again.`);
}
