import { differentiate } from "../../../autodiff/index.js";
import { GraphBuilder } from "../../../graph/index.js";
import { gradCam } from "../activation/grad-cam.js";
import type { GraphMethod } from "../contract.js";
import { gatherMaxPools } from "../gather-max-pools.js";
import { resizeMap } from "../resize-map.js";
import { gradientFacts, largestOverChannels } from "./contract.js";
import { rectifiedGradient } from "./rectified-gradient.js";

/**
 * Guided Grad-CAM: guided backpropagation times Grad-CAM, brought to the image's extent bilinearly; the largest size over the
 * channels.
 * @see R. R. Selvaraju et al., Grad-CAM, ICCV 2017, doi 10.1109/ICCV.2017.74, section 3.2
 */
export const guidedGradCam: GraphMethod = {
  ...gradientFacts,
  title: "Guided Grad-CAM",
  summary: "Guided backpropagation, kept where Grad-CAM is large.",
  reference: "Selvaraju et al. 2017, doi 10.1109/ICCV.2017.74",
  signed: false,
  sign: "large: the pixel is part of a raising pattern at a place that speaks for the target",
  needs: ["activations", "gradients"],
  cost: { forward: 0, backward: 2 },
  explain(subject) {
    // Pools behind the layer are passed twice on the way back, by two rules.
    const pooled = gatherMaxPools(subject.graph, subject.layer);
    const { graph: guided, gradient } = rectifiedGradient({ ...subject, graph: pooled }, "guided");
    const { graph, gradients } = differentiate(guided, subject.total, [subject.layer]);
    const builder = GraphBuilder.from(graph);
    const [, , height, width] = builder.shape("input").map(Number) as [number, number, number, number];
    const place = gradCam.map(builder, { activations: subject.layer, gradients: gradients[subject.layer]! });
    const map = builder.op("Mul", [largestOverChannels(builder, gradient), resizeMap(builder, place, { height, width })]);
    return { graph: builder.build(), map };
  },
};
