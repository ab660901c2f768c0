import type { Tensor } from "../../base/index.js";
import { extractSubgraph } from "../../graph/index.js";
import { withGreyInput } from "../grey-input.js";
import { buildNetwork, isArchitectureName, type Network } from "../network.js";
import type { Bundle } from "./bundle-bytes.js";

/** A network with its weights, which are constants of its graph where it has no parameters. */
export interface BundleNetwork {
  readonly network: Network;
  readonly weights: ReadonlyMap<string, Tensor>;
}

/**
 * The network of a model file. One of the shelf is built anew, so that every layer has its name and kind, and takes its weights
 * from the file; any other is the file's own graph up to the logits.
 */
export function bundleNetwork({ graph, metadata }: Bundle): BundleNetwork {
  const { architecture, preprocessing, labels, camLayer } = metadata;
  if (isArchitectureName(architecture)) {
    const built = buildNetwork(architecture, { classes: labels.length, inputSize: preprocessing.size });
    const network = preprocessing.mean.length === 1 ? withGreyInput(built) : built;
    const stored = ({ name, shape }: Network["parameters"][number]) => graph.initializers.get(name)?.shape.join() === shape.join();
    if (network.parameters.every(stored)) {
      return { network: { ...network, camLayer }, weights: new Map(network.parameters.map(({ name }) => [name, graph.initializers.get(name)!])) };
    }
  }
  const own = extractSubgraph(graph, ["input"], ["logits"]);
  const network: Network = { architecture, graph: own, parameters: [], stages: [], camLayer, headParameters: [], inputSize: preprocessing.size, classes: labels.length };
  return { network, weights: new Map() };
}
