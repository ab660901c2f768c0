import type { Graph } from "../graph/index.js";
import { lower } from "./lowering/lower.js";
import type { EngineOptions } from "./options.js";
import { probe } from "./probe.js";

/**
 * Whether a graph gains by the blocked layout being written out: it holds gradients of convolutions, or convolutions
 * whose weights are not constants. Where all weights are constants, the runtime blocks and prepacks them by itself.
 */
function gains(graph: Graph): boolean {
  return graph.nodes.some(
    ({ op, inputs }) => op === "ConvInputGradient" || op === "ConvWeightGradient" || (op === "Conv" && !graph.initializers.has(inputs[1]!)),
  );
}

/** Lowers a graph for the device and layout that the options ask for. */
export async function lowerFor(graph: Graph, options: EngineOptions): Promise<Graph> {
  const { device = "cpu", layout = "auto", extents } = options;
  const wanted = device === "cpu" && (layout === "blocked" || (layout === "auto" && gains(graph)));
  const block = wanted ? (await probe()).block : undefined;
  return lower(graph, block === undefined ? { layout: "plain", device, extents } : { layout: "blocked", block, extents });
}
