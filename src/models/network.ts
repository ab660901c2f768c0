import { InputError, unknownName } from "../base/index.js";
import type { Graph } from "../graph/index.js";
import { architectures } from "./architectures/index.js";
import type { ArchitectureName } from "./architectures/index.js";
import { NetworkBuilder } from "./architectures/network-builder.js";
import type { ParameterSpec, Stage } from "./architectures/network-builder.js";

/** A network for a number of classes, without values for its parameters. */
export interface Network {
  /** Name on the shelf, or of an imported file. */
  readonly architecture: string;
  /** Inputs: `"input"` [N, 3, H, W], then every parameter under its torchvision name. Output: `"logits"` [N, K]. */
  readonly graph: Graph;
  readonly parameters: readonly ParameterSpec[];
  /** From the image to the head; the last one is `"classifier"`, the final linear layer. */
  readonly stages: readonly Stage[];
  /** Value of the last feature map [N, C, h, w]. */
  readonly camLayer: string;
  /** Residual branches that training leaves out at random, by value: the probability of each; stochastic depth. */
  readonly droppedBranches?: ReadonlyMap<string, number>;
  /** Parameters of the final linear layer. */
  readonly headParameters: readonly string[];
  readonly inputSize: number;
  readonly classes: number;
}

export interface NetworkOptions {
  readonly classes: number;
  /** Height and width in pixels; the architecture's own where left out. */
  readonly inputSize?: number;
  /** Extent of the batch axis: a number, or the name `"N"` for any. */
  readonly batch?: number | "N";
  /** Rate of dropout in the head; the published one where left out. */
  readonly dropout?: number;
}

/** Whether a word names a network on the shelf. */
export function isArchitectureName(name: string): name is ArchitectureName {
  return Object.hasOwn(architectures, name);
}

/**
 * Builds a network in torchvision's definition.
 * @throws NotFoundError `unknown-network`
 * @throws InputError `network-option` for classes, size, batch or dropout out of range
 */
export function buildNetwork(name: ArchitectureName, options: NetworkOptions): Network {
  if (!isArchitectureName(name)) throw unknownName("network", String(name), Object.keys(architectures));
  const architecture = architectures[name];
  const { classes, inputSize = architecture.inputSize, batch = "N", dropout = architecture.dropout } = options;
  requireOption(name, "classes", classes, "a whole number of 1 or more", Number.isInteger(classes) && classes >= 1);
  const sizeFits = Number.isInteger(inputSize) && inputSize >= architecture.minInputSize;
  requireOption(name, "inputSize", inputSize, `a whole number of ${architecture.minInputSize} or more pixels`, sizeFits);
  const batchFits = batch === "N" || (Number.isInteger(batch) && batch >= 1);
  requireOption(name, "batch", batch, 'a whole number of 1 or more, or "N"', batchFits);
  requireOption(name, "dropout", dropout, "a rate from 0 to less than 1", dropout >= 0 && dropout < 1);

  const builder = new NetworkBuilder(name, { batch, size: inputSize });
  const logits = architecture.build(builder, { classes, inputSize, dropout });
  return {
    architecture: name,
    graph: builder.build(logits),
    parameters: builder.parameters,
    stages: builder.stages,
    camLayer: architecture.camLayer,
    droppedBranches: builder.droppedBranches,
    headParameters: architecture.headParameters,
    inputSize,
    classes,
  };
}

function requireOption(network: string, option: string, value: unknown, constraint: string, holds: boolean): void {
  if (holds) return;
  throw new InputError("network-option", `${network}: ${option}: expected ${constraint}, got ${String(value)}.`);
}
