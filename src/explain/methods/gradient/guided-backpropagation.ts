import { GraphBuilder } from "../../../graph/index.js";
import type { GraphMethod } from "../contract.js";
import { gradientFacts, largestOverChannels } from "./contract.js";
import { rectifiedGradient } from "./rectified-gradient.js";

/**
 * Guided backpropagation: on the way back a rectifier passes a gradient only where it was open and the gradient is positive;
 * the map is the largest size over the channels. It restores the image's edges rather than what the score depends on, and
 * hardly changes when the weights are made random.
 * @see J. T. Springenberg et al., Striving for Simplicity, 2014, arXiv 1412.6806, section 3.4; on its limits J. Adebayo et al.,
 *   Sanity Checks for Saliency Maps, NeurIPS 2018, arXiv 1810.03292
 */
export const guidedBackpropagation: GraphMethod = {
  ...gradientFacts,
  title: "Guided backpropagation",
  summary: "Gradient of which open rectifiers pass the positive part alone.",
  reference: "Springenberg et al. 2014, arXiv 1412.6806",
  signed: false,
  sign: "large: the pixel is part of a pattern that raises units on the way to the score",
  explain(subject) {
    const { graph, gradient } = rectifiedGradient(subject, "guided");
    const builder = GraphBuilder.from(graph);
    const map = largestOverChannels(builder, gradient);
    return { graph: builder.build(), map };
  },
};
