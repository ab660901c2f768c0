import { GraphBuilder } from "../../../graph/index.js";
import type { GraphMethod } from "../contract.js";
import { gradientFacts, largestOverChannels } from "./contract.js";
import { rectifiedGradient } from "./rectified-gradient.js";

/**
 * Deconvnet: on the way back a rectifier passes the positive part of the gradient, whether it was open or not; the map is the
 * largest size over the channels.
 * @see M. D. Zeiler, R. Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014, doi 10.1007/978-3-319-10590-1_53
 */
export const deconvnet: GraphMethod = {
  ...gradientFacts,
  title: "Deconvnet",
  summary: "Gradient of which rectifiers pass the positive part, open or not.",
  reference: "Zeiler and Fergus 2014, doi 10.1007/978-3-319-10590-1_53",
  signed: false,
  sign: "large: the pixel is part of a pattern that raises units on the way to the score",
  explain(subject) {
    const { graph, gradient } = rectifiedGradient(subject, "deconvnet");
    const builder = GraphBuilder.from(graph);
    const map = largestOverChannels(builder, gradient);
    return { graph: builder.build(), map };
  },
};
