import { differentiate } from "../../../autodiff/index.js";
import { GraphBuilder } from "../../../graph/index.js";
import type { GraphMethod } from "../contract.js";
import { contributionSign, gradientFacts, sumOverChannels } from "./contract.js";

/**
 * Gradient times input, sum_c x_c dy/dx_c: the contribution of each pixel where the network is linear, against an image of
 * zeros.
 * @see A. Shrikumar, P. Greenside, A. Kundaje, Not Just a Black Box, 2016, arXiv 1605.01713
 */
export const gradientXInput: GraphMethod = {
  ...gradientFacts,
  title: "Gradient x input",
  summary: "Gradient of the score times the pixel's own value.",
  reference: "Shrikumar et al. 2016, arXiv 1605.01713",
  signed: true,
  sign: contributionSign,
  explain({ graph, total }) {
    const { graph: backward, gradients } = differentiate(graph, total, ["input"]);
    const builder = GraphBuilder.from(backward);
    const map = sumOverChannels(builder, builder.op("Mul", ["input", gradients["input"]!]));
    return { graph: builder.build(), map };
  },
};
