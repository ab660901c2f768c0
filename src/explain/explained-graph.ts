import { differentiate } from "../autodiff/index.js";
import { lower } from "../engine/index.js";
import { GraphBuilder, bindConstants, eliminateDeadNodes, expandActivations, type Graph } from "../graph/index.js";
import type { Network } from "../models/index.js";
import type { Tensor } from "../base/index.js";
import { camMethods, type CamMethodName } from "./methods/index.js";

export interface ExplainedGraphOptions {
  readonly method?: CamMethodName;
  /** Value whose activations are explained; the network's own target layer where left out. */
  readonly layer?: string;
}

/** Below this a map counts as zero: it is then returned as zeros and not blown up by the scaling. */
const tinyMaximum = 1e-12;

/**
 * One graph from the image to the prediction and its explanation, so that both cost one pass:
 * `logits` [N, K], `probabilities` [N, K] and `map` [N, h, w], the map of the predicted class scaled to a maximum of 1
 * per image (all zeros where no evidence for the class is found).
 * The weights are constants of the graph. Plain ONNX operators only: any runtime can run it.
 */
export function explainedGraph(network: Network, weights: ReadonlyMap<string, Tensor>, options: ExplainedGraphOptions = {}): Graph {
  const layer = options.layer ?? network.camLayer;
  const method = camMethods[options.method ?? "grad-cam"];
  const forward = GraphBuilder.from(bindConstants(network.graph, weights).graph);

  // The predicted class's logit, as a product with a one-hot mask, so that it stays differentiable; images of a
  // batch do not mix, so the gradient of the sum is the gradient of each.
  const predicted = forward.op("ArgMax", ["logits"], { axis: 1, keepdims: 0 });
  const oneHot = forward.op("OneHot", [predicted, forward.constant([network.classes]), forward.constant([0, 1], "float32")], { axis: -1 });
  const score = forward.op("ReduceSum", [forward.op("Mul", ["logits", oneHot])], { keepdims: 0 });
  const { graph, gradients } = differentiate(forward.build(), score, [layer]);

  const builder = GraphBuilder.from(graph);
  const probabilities = builder.op("Softmax", ["logits"], { axis: 1 });
  const raw = method.map(builder, { activations: layer, gradients: gradients[layer]! });
  const maximum = builder.op("ReduceMax", [raw], { axes: [1, 2], keepdims: 1 });
  const map = builder.op("Div", [raw, builder.op("Max", [maximum, builder.constant(tinyMaximum)])]);
  builder.output(probabilities, "probabilities");
  builder.output(map, "map");
  return expandActivations(lower(eliminateDeadNodes(builder.build()).graph, { layout: "plain" })).graph;
}
