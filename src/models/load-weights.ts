import type { Random, Tensor } from "../base/index.js";
import { DataError, seededRandom } from "../base/index.js";
import { architectures } from "./architectures/index.js";
import type { ParameterSpec } from "./architectures/network-builder.js";
import { collapseChannels, inputParameter } from "./grey-input.js";
import type { GreyInput } from "./grey-input.js";
import { drawParameter } from "./initialize-weights.js";
import type { Weights } from "./initialize-weights.js";
import type { Network } from "./network.js";
import { ownNames } from "./own-names.js";
import { toFloat32 } from "./weights/element-type.js";

/** What to do with the final linear layer: take the file's, or start it anew for other classes. */
export type HeadPolicy = { readonly head: "keep" } | { readonly head: "replace"; readonly random: Random };

/** Policy of loading, and what else may be done to the values. */
export type LoadOptions = HeadPolicy & {
  /** For a network of one channel and a file for three. */
  readonly adaptInput?: GreyInput;
};

export interface LoadReport {
  /** Parameters that got the file's values. */
  readonly loaded: readonly string[];
  /** Parameters of the head that were started anew. */
  readonly replaced: readonly string[];
  /** Parameters of parts that this network adds to the one the file is from; they were started anew and begin as the identity. */
  readonly added: readonly string[];
  /** Tensors of the file that the network has no use for, by design: counters of training batches and a replaced head. */
  readonly ignored: readonly string[];
  /** What was done to names and values, and what the network computes otherwise than the one the file is from. */
  readonly changes: readonly string[];
}

/**
 * Gives a network the values of a file with torchvision's or Keras's names.
 * @throws DataError `weights-mismatch` that lists missing, unexpected and wrong-shaped tensors, `weights-not-finite`
 * @throws UnsupportedError `weights-not-float`
 */
export function loadWeights(
  network: Network,
  tensors: ReadonlyMap<string, Tensor>,
  options: LoadOptions,
): { weights: Weights; report: LoadReport } {
  const replaced = options.head === "replace" ? network.headParameters : [];
  const named = ownNames(network, tensors);
  const { tensors: own, changes: adapted } = adaptInput(network, named.tensors, options.adaptInput);
  const added = addedParameters(network, own);
  requireMatch(network, own, [...replaced, ...added]);
  const weights: Weights = new Map();
  const loaded: string[] = [];
  const random = options.head === "replace" ? options.random : seededRandom("added parts", network.architecture);
  for (const spec of network.parameters) {
    if (replaced.includes(spec.name) || added.includes(spec.name)) {
      weights.set(spec.name, drawParameter(spec, random));
      continue;
    }
    const value = toFloat32(own.get(spec.name)!, spec.name);
    requireFinite(spec.name, value.data, network.architecture);
    weights.set(spec.name, value);
    loaded.push(spec.name);
  }
  const started = added.length === 0 ? [] : [`${added.length} parameters of the parts that ${network.architecture} adds were started anew; the network begins as the one the file is from.`];
  const ignored = [...own.keys()].filter((name) => isCounter(name) || replaced.includes(name));
  return { weights, report: { loaded, replaced, added, ignored, changes: [...named.changes, ...adapted, ...started] } };
}

/** Parameters of the parts that a network adds to a published one, for each part that the file has nothing of. */
function addedParameters({ architecture, parameters }: Network, tensors: ReadonlyMap<string, Tensor>): string[] {
  const parts = Object.hasOwn(architectures, architecture) ? (architectures[architecture as keyof typeof architectures].extends?.parts ?? []) : [];
  const names = [...tensors.keys()];
  const absent = parts.filter((part) => !names.some((name) => name.startsWith(part)));
  return parameters.filter(({ name }) => absent.some((part) => name.startsWith(part))).map(({ name }) => name);
}

const isCounter = (name: string): boolean => name.endsWith(".num_batches_tracked");

/** The first convolution's weights brought to one channel, where that was asked for and is needed. */
function adaptInput(network: Network, tensors: ReadonlyMap<string, Tensor>, how: GreyInput | undefined): { tensors: ReadonlyMap<string, Tensor>; changes: string[] } {
  const name = inputParameter(network);
  const value = name === undefined ? undefined : tensors.get(name);
  const isOne = network.parameters.find((spec) => spec.name === name)?.shape[1] === 1;
  if (how === undefined || !isOne || value === undefined || value.shape.length !== 4 || value.shape[1] === 1) return { tensors, changes: [] };
  const collapsed = collapseChannels(toFloat32(value, name!), how);
  return { tensors: new Map(tensors).set(name!, collapsed), changes: [`${name}: the ${how} over ${value.shape[1]} channels serves the one of grey images.`] };
}

function requireFinite(name: string, values: Float32Array, network: string): void {
  let count = 0;
  for (const value of values) if (!Number.isFinite(value)) count++;
  if (count === 0) return;
  throw new DataError("weights-not-finite", `weights for ${network}: ${name}: expected finite numbers, got ${count} of ${values.length} that are not. The training that wrote them diverged, or the file is damaged: use another.`);
}

function requireMatch(network: Network, tensors: ReadonlyMap<string, Tensor>, replaced: readonly string[]): void {
  const wanted = network.parameters.filter(({ name }) => !replaced.includes(name));
  const known = new Set(network.parameters.map(({ name }) => name));
  const missing = wanted.filter(({ name }) => !tensors.has(name)).map(({ name }) => name);
  const unexpected = [...tensors.keys()].filter((name) => !known.has(name) && !isCounter(name));
  const misshapen = wanted.filter((spec) => tensors.has(spec.name) && !sameShape(spec, tensors.get(spec.name)!));
  if (missing.length + unexpected.length + misshapen.length === 0) return;
  const parts = [
    listed("missing", missing),
    listed("unexpected", unexpected),
    listed("of another shape", misshapen.map((spec) => `${spec.name} (expected ${shown(spec.shape)}, got ${shown(tensors.get(spec.name)!.shape)})`)),
  ].filter((part) => part !== "");
  const onlyMisshapen = missing.length + unexpected.length === 0;
  const first = inputParameter(network);
  const remedy =
    onlyMisshapen && misshapen.every(({ name }) => network.headParameters.includes(name))
      ? "The file has another number of classes: replace the head."
      : onlyMisshapen && misshapen.every(({ name, shape }) => name === first && shape[1] === 1)
        ? 'The file is for color images: for grey ones adapt the input by "sum" or "mean".'
        : `Use a file made for ${network.architecture} with torchvision's or Keras's names.`;
  throw new DataError("weights-mismatch", `weights for ${network.architecture}: expected ${wanted.length} tensors of its own, got ${parts.join("; ")}. ${remedy}`);
}

const shown = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

const sameShape = (spec: ParameterSpec, value: Tensor): boolean =>
  spec.shape.length === value.shape.length && spec.shape.every((n, axis) => n === value.shape[axis]);

/** "3 missing: a, b, c", cut after five names and each name after a hundred characters. */
function listed(what: string, names: readonly string[]): string {
  if (names.length === 0) return "";
  const first = names.slice(0, 5).map((name) => (name.length > 100 ? `${name.slice(0, 100)}...` : name));
  return `${names.length} ${what}: ${first.join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
}
