import type { Tensor } from "../base/index.js";
import { seededRandom } from "../base/index.js";
import { architectures } from "./architectures/index.js";
import type { ArchitectureName } from "./architectures/index.js";
import { kerasFamilyOf } from "./architectures/keras/index.js";
import { withGreyInput } from "./grey-input.js";
import type { GreyInput } from "./grey-input.js";
import type { Weights } from "./initialize-weights.js";
import { loadWeights } from "./load-weights.js";
import type { LoadReport } from "./load-weights.js";
import { buildNetwork } from "./network.js";
import type { Network } from "./network.js";
import { ownNames } from "./own-names.js";
import { areKerasNames } from "./weights/keras-names.js";

/** A file of weights as the network's own. */
export interface ImportedWeights {
  /** With the classes of the file, or the published ones where it has no classifier. */
  readonly network: Network;
  /** Values under the network's names; without those of the classifier where the file has none. */
  readonly weights: Weights;
  /** Undefined where the file has no classifier. */
  readonly classes: number | undefined;
  readonly report: LoadReport;
  /** What the weights expect to be taken from values in [0, 1] and to divide them by, where that is known from their names. */
  readonly normalization: { readonly mean: readonly number[]; readonly std: readonly number[] } | undefined;
}

/**
 * Takes a file's tensors for a network, whatever number of classes they have.
 * @throws DataError `weights-mismatch`, `weights-not-finite` @throws UnsupportedError `weights-not-float`
 */
export function importWeights(name: ArchitectureName, tensors: ReadonlyMap<string, Tensor>, options: { readonly grey?: GreyInput } = {}): ImportedWeights {
  const build = (count: number): Network => {
    const network = buildNetwork(name, { classes: count });
    return options.grey === undefined ? network : withGreyInput(network);
  };
  const published = build(architectures[name].publishedClasses);
  const classes = headClasses(published, ownNames(published, tensors).tensors);
  const network = classes === undefined || classes === published.classes ? published : build(classes);
  const adaptInput = options.grey === undefined ? {} : { adaptInput: options.grey };
  // What stands in for an absent classifier is taken out again.
  const head = classes === undefined ? ({ head: "replace", random: seededRandom("no classifier") } as const) : ({ head: "keep" } as const);
  const { weights, report } = loadWeights(network, tensors, { ...head, ...adaptInput });
  if (classes === undefined) for (const parameter of network.headParameters) weights.delete(parameter);
  return { network, weights, classes, report, normalization: areKerasNames(tensors.keys()) ? kerasFamilyOf(name)?.normalization : undefined };
}

/** Number of classes of the final linear layer in a file; undefined where it lacks one. */
function headClasses(network: Network, tensors: ReadonlyMap<string, Tensor>): number | undefined {
  const parameters = network.headParameters.map((name) => tensors.get(name));
  if (parameters.some((value) => value === undefined)) return undefined;
  const [rows] = parameters[0]!.shape;
  return rows !== undefined && rows >= 1 && rows <= 100_000 ? rows : undefined;
}
