import type { Graph } from "../model.js";

/** A pass returns a new graph, or the same one where there was nothing to do. */
export interface PassResult {
  readonly graph: Graph;
  readonly modified: boolean;
}
