import { InputError, unknownName } from "../base/index.js";
import type { Dim, Graph } from "../graph/index.js";

export interface Layer {
  readonly name: string;
  /** [N, C, h, w] */
  readonly shape: readonly Dim[];
}

/** Every value that a class-activation map can be made of: float, [N, C, h, w], computed from the image; from the image to the head. */
export function layersOf(graph: Graph): Layer[] {
  const fromImage = new Set(["input"]);
  const layers: Layer[] = [];
  for (const node of graph.nodes) {
    if (!node.inputs.some((name) => fromImage.has(name))) continue;
    for (const name of node.outputs) {
      fromImage.add(name);
      const info = graph.values.get(name);
      if (info?.dtype !== "float32" || info.shape.length !== 4) continue;
      layers.push({ name, shape: info.shape });
    }
  }
  return layers;
}

/**
 * A layer by its name.
 * @throws NotFoundError `unknown-layer`; InputError `layer-shape` where the value has no extent in space
 */
export function requireLayer(graph: Graph, name: string): Layer {
  const info = graph.values.get(name);
  if (info === undefined) throw unknownName("layer", name, layersOf(graph).map((layer) => layer.name));
  if (info.shape.length === 4 && info.dtype === "float32") return { name, shape: info.shape };
  throw new InputError("layer-shape", `layer "${name}": expected a feature map [N, C, h, w], got ${info.dtype} [${info.shape.join(", ")}].`);
}
