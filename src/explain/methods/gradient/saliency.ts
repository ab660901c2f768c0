import { differentiate } from "../../../autodiff/index.js";
import { GraphBuilder } from "../../../graph/index.js";
import type { GraphMethod } from "../contract.js";
import { gradientFacts, largestOverChannels, sensitivitySign } from "./contract.js";

/**
 * Saliency: the largest size of the gradient over the channels, max_c |dy/dx_c|.
 * @see K. Simonyan, A. Vedaldi, A. Zisserman, Deep Inside Convolutional Networks, 2013, arXiv 1312.6034, section 3.1
 */
export const saliency: GraphMethod = {
  ...gradientFacts,
  title: "Saliency",
  summary: "Size of the score's gradient by the pixel.",
  reference: "Simonyan et al. 2013, arXiv 1312.6034",
  signed: false,
  sign: sensitivitySign,
  explain({ graph, total }) {
    const { graph: backward, gradients } = differentiate(graph, total, ["input"]);
    const builder = GraphBuilder.from(backward);
    const map = largestOverChannels(builder, gradients["input"]!);
    return { graph: builder.build(), map };
  },
};
