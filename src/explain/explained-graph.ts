import { differentiate } from "../autodiff/index.js";
import { InputError, unknownName, type Tensor } from "../base/index.js";
import { lower } from "../engine/index.js";
import { GraphBuilder, bindConstants, eliminateDeadNodes, expandActivations, type Graph } from "../graph/index.js";
import type { Network } from "../models/index.js";
import { requireLayer } from "./layers.js";
import type { GraphMethodOptions, Method } from "./methods/contract.js";
import { methods, type ExportableMethodName } from "./methods/index.js";
import { resizeMap } from "./methods/resize-map.js";
import { tinyMaximum } from "./scale-map.js";
import { bindFolded } from "./bind-folded.js";
import { addScore } from "./targets/add-score.js";
import { isUnitTarget, predictedClass, type Target } from "./targets/target.js";

export interface ExplainedGraphOptions extends GraphMethodOptions {
  readonly method?: ExportableMethodName;
  /** Value whose activations are explained; the network's own target layer where left out. Several are fused: the mean of their scaled maps. */
  readonly layer?: string | readonly string[];
  /** Default: the predicted class. */
  readonly target?: Target;
  /** `"peak"` (default) divides a map by its largest size, `"none"` leaves the method's own numbers. */
  readonly scaling?: "peak" | "none";
}

/**
 * One graph from the image to the prediction and its explanation, so that both cost one pass:
 * `logits` [N, K], `probabilities` [N, K] and `map` [N, h, w], the target's map scaled to a largest size of 1
 * per image (all zeros where no evidence is found; in [-1, 1] where the method is signed).
 * The weights are constants of the graph. Plain ONNX operators only: any runtime can run it.
 * @throws NotFoundError `unknown-method`, `unknown-layer`; InputError `layer-shape`, `target-class`, `target-unit`, `one-layer`
 * @throws UnsupportedError where the method does not cover a part of the network
 */
export function explainedGraph(network: Network, weights: ReadonlyMap<string, Tensor>, options: ExplainedGraphOptions = {}): Graph {
  return expandActivations(lower(buildExplained(network, bindConstants(network.graph, weights).graph, options), { layout: "plain" })).graph;
}

/**
 * The same for this runtime alone: normalization is folded into the convolutions, and gradients are left for the engine to write in the
 * form that runs fastest.
 */
export function explainedGraphToRun(network: Network, weights: ReadonlyMap<string, Tensor>, options: ExplainedGraphOptions): Graph {
  const { layer = network.camLayer, target = predictedClass } = options;
  return buildExplained(network, bindFolded(network, weights, [layer, isUnitTarget(target) ? target.layer : []].flat()), options);
}

function buildExplained(network: Network, bound: Graph, options: ExplainedGraphOptions): Graph {
  const { method = "grad-cam", layer = network.camLayer, target = predictedClass, scaling = "peak" } = options;
  if (!exportable().includes(method)) throw unknownName("method", method, exportable());
  const layers = typeof layer === "string" ? [layer] : layer;
  if (layers.length === 0) throw new InputError("one-layer", "layer: expected at least one layer, got none.");
  for (const name of layers) requireLayer(network.graph, name);
  const forward = GraphBuilder.from(bound);
  const { total, selector } = addScore(forward, target, network.classes);
  forward.output(total);
  const { graph, maps } = mapsOf(forward.build(), { total, selector, layers, method, options });

  const builder = GraphBuilder.from({ ...graph, outputs: network.graph.outputs });
  const probabilities = builder.op("Softmax", ["logits"], { axis: 1 });
  const map = maps.length > 1 ? fuse(builder, maps) : maps[0]!;
  builder.output(probabilities, "probabilities");
  builder.output(scaling === "peak" ? scaleToPeak(builder, map) : map, "map");
  return eliminateDeadNodes(builder.build()).graph;
}

/** Names of methods that can be one graph. */
function exportable(): string[] {
  return Object.entries(methods as Record<string, Method>).flatMap(([name, method]) => (method.kind !== "driven" || method.inGraph ? [name] : []));
}

interface MapRequest {
  readonly total: string;
  readonly selector: string | undefined;
  readonly layers: readonly string[];
  readonly method: ExportableMethodName;
  readonly options: GraphMethodOptions;
}

/** Adds one unscaled map per layer. */
function mapsOf(forward: Graph, { total, selector, layers, method: name, options }: MapRequest): { graph: Graph; maps: string[] } {
  const method: Method = methods[name];
  if (method.kind === "cam") {
    const { graph, gradients } = differentiate(forward, total, layers);
    const builder = GraphBuilder.from(graph);
    const maps = layers.map((layer) => method.map(builder, { activations: layer, gradients: gradients[layer]! }));
    return { graph: builder.build(), maps };
  }
  if (layers.length > 1)
    throw new InputError("one-layer", `${method.title}: expected one layer, got ${layers.length}. Fusion is for maps made of activations and gradients, for example Grad-CAM.`);
  const explain = method.kind === "graph" ? method.explain : method.inGraph!;
  const { graph, map } = explain({ graph: forward, total, selector, layer: layers[0]! }, options);
  return { graph, maps: [map] };
}

/** Map over its largest size; zeros where that is tiny. */
function scaleToPeak(builder: GraphBuilder, map: string): string {
  const largest = builder.op("ReduceMax", [builder.op("Abs", [map])], { axes: [1, 2], keepdims: 1 });
  return builder.op("Div", [map, builder.op("Max", [largest, builder.constant(tinyMaximum)])]);
}

/** Mean of the scaled maps, at the largest of their extents. */
function fuse(builder: GraphBuilder, maps: readonly string[]): string {
  const extents = maps.map((map) => builder.shape(map).map(Number));
  const height = Math.max(...extents.map((shape) => shape[1]!));
  const width = Math.max(...extents.map((shape) => shape[2]!));
  const resized = maps.map((map) => resizeMap(builder, scaleToPeak(builder, map), { height, width }));
  return builder.op("Mul", [builder.op("Sum", resized), builder.constant(1 / maps.length)]);
}
