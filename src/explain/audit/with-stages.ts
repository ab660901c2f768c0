import type { Tensor } from "../../base/index.js";
import { bindConstants, opsetOf } from "../../graph/index.js";
import { importClassifier, type Network } from "../../models/index.js";

interface Inside {
  readonly network: Network;
  readonly weights: ReadonlyMap<string, Tensor>;
}

/**
 * A network whose weights can be drawn anew. One that was read as a bare graph is taken apart into its parameters and stages.
 * @throws what `importClassifier` throws
 */
export function withStages({ network, weights }: Inside): Inside {
  if (network.stages.length > 0) return { network, weights };
  const graph = bindConstants(network.graph, weights).graph;
  const opened = importClassifier({ graph, opsets: opsetOf(graph) }, { name: network.architecture });
  const keepsLayer = opened.network.graph.values.has(network.camLayer);
  return { network: { ...opened.network, ...(keepsLayer && { camLayer: network.camLayer }) }, weights: opened.tensors };
}
