import type { Tensor } from "../base/index.js";
import { bindConstants, foldBatchNormalization, type Graph } from "../graph/index.js";
import type { Network } from "../models/index.js";

/** The network with its weights as constants and normalization folded into the convolutions, unless a value that is asked for would vanish. */
export function bindFolded(network: Network, weights: ReadonlyMap<string, Tensor>, wanted: readonly string[]): Graph {
  const bound = bindConstants(network.graph, weights).graph;
  const folded = foldBatchNormalization(bound).graph;
  const made = new Set(folded.nodes.flatMap(({ outputs }) => outputs));
  return wanted.every((name) => made.has(name) || !bound.values.has(name)) ? folded : bound;
}
