import { lower } from "../../engine/index.js";
import { bindConstants, expandActivations, GraphBuilder, inlineInto, type Graph } from "../../graph/index.js";
import type { Detector } from "./find-windows.js";

/**
 * A classifier's graph with its detector beside it, in one file: from `whole` [N, 3, S, S], the whole image, it finds
 * `window` [N, 3]: row and column of the center, and the side, as shares of the frame. `input` takes what is cut out.
 */
export function withDetector(explained: Graph, { network, weights }: Detector): Graph {
  const builder = GraphBuilder.from(explained);
  const { dtype, shape } = network.graph.inputs.find(({ name }) => name === "input")!;
  const whole = builder.input("whole", dtype, shape);
  const { logits } = inlineInto(builder, bindConstants(network.graph, weights).graph, { prefix: "detector/", bind: { input: whole } });
  builder.output(logits!, "window");
  return expandActivations(lower(builder.build(), { layout: "plain" })).graph;
}
