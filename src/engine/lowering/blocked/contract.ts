import type { Node } from "../../../graph/index.js";
import type { BlockedGraph } from "./blocked-graph.js";

/**
 * Writes one node in the blocked layout and sets its outputs in the graph. Returns false, having emitted nothing, where
 * the node is not one that the layout can serve; it is then written in its plain form.
 */
export type BlockedRule = (graph: BlockedGraph, node: Node) => boolean;
