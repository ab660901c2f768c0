import type { Graph } from "../graph/index.js";
import { type Extents, knownShape } from "./lowering/extents.js";
import { lower } from "./lowering/lower.js";
import type { EngineOptions } from "./options.js";
import { isMostlyTiled } from "./lowering/mostly-tiled.js";
import { probe } from "./probe.js";

/** Activations before which the runtime, blocking a graph by itself, goes back to plain order. */
const unblocked: ReadonlySet<string> = new Set(["QuickGelu", "Gelu", "Erf"]);

/**
 * Whether a graph gains by the blocked layout being written out: it holds gradients of convolutions, or convolutions
 * whose weights are not constants. Where all weights are constants, the runtime blocks and prepacks them by itself, and
 * only activations that it does not know in that order are a reason, for a batch whose size is known, and many convolutions that
 * are faster in tiles.
 */
function gains(graph: Graph, extents: Extents): boolean {
  const isConvolved = new Set(graph.nodes.filter(({ op }) => op === "Conv").flatMap(({ outputs }) => outputs));
  const isNumbered = ({ inputs }: Graph["nodes"][number]) => typeof knownShape(graph.values.get(inputs[0]!)?.shape ?? [], extents)[0] === "number";
  return isMostlyTiled(graph, extents) || graph.nodes.some(
    (node) =>
      node.op === "ConvInputGradient" ||
      node.op === "ConvWeightGradient" ||
      (node.op === "Conv" && !graph.initializers.has(node.inputs[1]!)) ||
      (unblocked.has(node.op) && isConvolved.has(node.inputs[0]!) && isNumbered(node)),
  );
}

/** Lowers a graph for the device and layout that the options ask for. */
export async function lowerFor(graph: Graph, options: EngineOptions): Promise<Graph> {
  const { device = "cpu", layout = "auto", extents } = options;
  const wanted = device === "cpu" && (layout === "blocked" || (layout === "auto" && gains(graph, extents ?? {})));
  const block = wanted ? (await probe()).block : undefined;
  return lower(graph, block === undefined ? { layout: "plain", device, extents } : { layout: "blocked", block, extents });
}
