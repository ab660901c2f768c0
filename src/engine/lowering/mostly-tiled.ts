import type { Graph, Node } from "../../graph/index.js";
import { intOf, intsOf } from "./attributes.js";
import { fitsTiles } from "./blocked/winograd.js";
import { type Extents, knownShape } from "./extents.js";

/** Multiplications of a convolution of known size (names replaced by `extents`), and whether it is faster in tiles; undefined where its size is not known. */
function workOf({ values }: Graph, node: Node, extents: Extents): { readonly products: number; readonly isTiled: boolean } | undefined {
  const shapes = [node.inputs[0]!, node.inputs[1]!, node.outputs[0]!].map((name) => knownShape(values.get(name)?.shape ?? [], extents));
  if (!shapes.every((shape) => shape.length === 4 && shape.every((extent) => typeof extent === "number"))) return undefined;
  const [[batch, , height, width], [filters, channels, ...kernel], y] = shapes as [[number, number, number, number], [number, number, number, number], number[]];
  const numbers = (name: string, usual: readonly number[]) => intsOf(node, name) ?? usual;
  const isTiled =
    intOf(node, "group", 1) === 1 &&
    fitsTiles({ kernel, strides: numbers("strides", [1, 1]), dilations: numbers("dilations", [1, 1]), pads: numbers("pads", [0, 0, 0, 0]), filters, channels, batch, height, width });
  return { products: [...y, channels, ...kernel].reduce((product, n) => product * n, 1), isTiled };
}

/** Whether a third of the multiplications are in convolutions that are faster in tiles; false where sizes are not known. */
export function isMostlyTiled(graph: Graph, extents: Extents = {}): boolean {
  let all = 0;
  let tiled = 0;
  for (const node of graph.nodes.filter(({ op, domain }) => op === "Conv" && domain === "")) {
    const work = workOf(graph, node, extents);
    if (work === undefined) return false;
    all += work.products;
    if (work.isTiled) tiled += work.products;
  }
  return 3 * tiled > all;
}
