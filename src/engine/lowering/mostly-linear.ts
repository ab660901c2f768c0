import { sizeOf } from "../../base/index.js";
import type { Graph, Node } from "../../graph/index.js";

const products: ReadonlySet<string> = new Set(["Gemm", "MatMul"]);

function extents(graph: Graph, name: string): readonly (number | string)[] {
  return graph.values.get(name)?.shape ?? graph.initializers.get(name)?.shape ?? [];
}

/** Whether a product takes a row for every pixel, and not for every image. */
function isOnPixels(graph: Graph, { op, inputs }: Node): boolean {
  const batch = graph.inputs[0]?.shape[0];
  const rows = extents(graph, inputs[0]!);
  return products.has(op) && (rows.length > 2 || rows[0] !== batch);
}

/** Whether most weights are in linear layers on the pixels of images, as in ConvNeXt. */
export function isMostlyLinear(graph: Graph): boolean {
  let linear = 0;
  let all = 0;
  for (const node of graph.nodes.filter(({ op }) => op === "Conv" || products.has(op))) {
    const shape = extents(graph, node.inputs[1]!);
    const weights = shape.every((extent) => typeof extent === "number") ? sizeOf(shape) : 0;
    all += weights;
    if (isOnPixels(graph, node)) linear += weights;
  }
  return 2 * linear > all;
}
