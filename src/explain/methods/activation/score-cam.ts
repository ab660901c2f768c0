import { rangeOf } from "../../baselines.js";
import { upsample } from "../../upsample.js";
import type { DrivenMethod } from "../contract.js";
import { requireLayerOf } from "../require-parts.js";
import { combineChannels } from "./combine-channels.js";

/**
 * Score-CAM: every channel, brought to the image's extent and stretched to 0..1, is laid over the image as a mask; the softmax of
 * the scores of the masked images is the channels' weight. A channel that does not vary hides everything.
 * @see H. Wang et al., Score-CAM, CVPRW 2020, doi 10.1109/CVPRW50498.2020.00020, section 3; its softmax over the channels'
 *   scores, as in the authors' code
 */
export const scoreCam: DrivenMethod = {
  kind: "driven",
  title: "Score-CAM",
  summary: "Channels weighted by the score of the image seen through them.",
  reference: "Wang et al. 2020, doi 10.1109/CVPRW50498.2020.00020",
  signed: false,
  sign: "large: the position has features that alone keep the score; 0: it has none",
  needs: ["predictions", "activations"],
  extent: "layer",
  cost: { forward: "channels", backward: 0 },
  async explain(question) {
    const layer = requireLayerOf(question);
    const { image, height, width } = question;
    const size = layer.height * layer.width;
    // An image seen through a mask is its mixture with zeros.
    const scores = await question.mixtures(new Float32Array(image.length), layer.channels, (c, into) => {
      const mask = upsample({ values: layer.activations.subarray(c * size, (c + 1) * size), height: layer.height, width: layer.width }, height, width).values;
      const [low, high] = rangeOf(mask);
      const scale = high > low ? 1 / (high - low) : 0;
      for (let p = 0; p < mask.length; p++) into[p] = (mask[p]! - low) * scale;
    });
    const highest = Math.max(...scores);
    const odds = scores.map((score) => Math.exp(score - highest));
    const total = odds.reduce((sum, value) => sum + value, 0);
    return combineChannels(layer, odds.map((value) => value / total));
  },
};
