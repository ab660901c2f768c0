import type { Random, Tensor } from "../base/index.js";
import { DataError } from "../base/index.js";
import type { ParameterSpec } from "./architectures/network-builder.js";
import { drawParameter } from "./initialize-weights.js";
import type { Weights } from "./initialize-weights.js";
import type { Network } from "./network.js";
import { toFloat32 } from "./weights/element-type.js";

/** What to do with the final linear layer: take the file's, or start it anew for other classes. */
export type HeadPolicy = { readonly head: "keep" } | { readonly head: "replace"; readonly random: Random };

export interface LoadReport {
  /** Parameters that got the file's values. */
  readonly loaded: readonly string[];
  /** Parameters of the head that were started anew. */
  readonly replaced: readonly string[];
  /** Tensors of the file that the network has no use for, by design: counters of training batches and a replaced head. */
  readonly ignored: readonly string[];
}

/**
 * Gives a network the values of a file with torchvision's names.
 * @throws DataError `weights-mismatch` that lists missing, unexpected and wrong-shaped tensors
 * @throws UnsupportedError `weights-not-float`
 */
export function loadWeights(
  network: Network,
  tensors: ReadonlyMap<string, Tensor>,
  policy: HeadPolicy,
): { weights: Weights; report: LoadReport } {
  const replaced = policy.head === "replace" ? network.headParameters : [];
  const isCounter = (name: string): boolean => name.endsWith(".num_batches_tracked");
  requireMatch(network, tensors, { replaced, isCounter });
  const weights: Weights = new Map();
  const loaded: string[] = [];
  for (const spec of network.parameters) {
    if (policy.head === "replace" && replaced.includes(spec.name)) {
      weights.set(spec.name, drawParameter(spec, policy.random));
      continue;
    }
    weights.set(spec.name, toFloat32(tensors.get(spec.name)!, spec.name));
    loaded.push(spec.name);
  }
  const ignored = [...tensors.keys()].filter((name) => isCounter(name) || replaced.includes(name));
  return { weights, report: { loaded, replaced, ignored } };
}

function requireMatch(
  network: Network,
  tensors: ReadonlyMap<string, Tensor>,
  rules: { replaced: readonly string[]; isCounter: (name: string) => boolean },
): void {
  const wanted = network.parameters.filter(({ name }) => !rules.replaced.includes(name));
  const known = new Set(network.parameters.map(({ name }) => name));
  const missing = wanted.filter(({ name }) => !tensors.has(name)).map(({ name }) => name);
  const unexpected = [...tensors.keys()].filter((name) => !known.has(name) && !rules.isCounter(name));
  const misshapen = wanted.filter((spec) => tensors.has(spec.name) && !sameShape(spec, tensors.get(spec.name)!));
  if (missing.length + unexpected.length + misshapen.length === 0) return;
  const parts = [
    listed("missing", missing),
    listed("unexpected", unexpected),
    listed("of another shape", misshapen.map((spec) => `${spec.name} (expected [${spec.shape.join(", ")}], got [${tensors.get(spec.name)!.shape.join(", ")}])`)),
  ].filter((part) => part !== "");
  const onlyHead = missing.length + unexpected.length === 0 && misshapen.every(({ name }) => network.headParameters.includes(name));
  const remedy = onlyHead
    ? "The file has another number of classes: replace the head."
    : `Use a file made for ${network.architecture} with torchvision's names.`;
  throw new DataError("weights-mismatch", `weights for ${network.architecture}: expected ${wanted.length} tensors of its own, got ${parts.join("; ")}. ${remedy}`);
}

const sameShape = (spec: ParameterSpec, value: Tensor): boolean =>
  spec.shape.length === value.shape.length && spec.shape.every((n, axis) => n === value.shape[axis]);

/** "3 missing: a, b, c", cut after five names. */
function listed(what: string, names: readonly string[]): string {
  if (names.length === 0) return "";
  const shown = names.slice(0, 5).join(", ");
  return `${names.length} ${what}: ${shown}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
}
