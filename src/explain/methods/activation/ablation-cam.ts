import type { DrivenMethod } from "../contract.js";
import { requireLayerOf } from "../require-parts.js";
import { combineChannels } from "./combine-channels.js";

/**
 * Ablation-CAM: the weight of a channel is the relative drop of the score when the channel is set to zero,
 * (y - y_c) / |y|; zero where the score is. The sign is that of y - y_c, so that a channel that supports a negative score counts as support.
 * @see S. Desai, H. G. Ramaswamy, Ablation-CAM, WACV 2020, doi 10.1109/WACV45572.2020.9093360, equation 4
 */
export const ablationCam: DrivenMethod = {
  kind: "driven",
  title: "Ablation-CAM",
  summary: "Channels weighted by the drop of the score without them.",
  reference: "Desai and Ramaswamy 2020, doi 10.1109/WACV45572.2020.9093360",
  signed: false,
  sign: "large: the position has features without which the score falls",
  needs: ["predictions", "activations"],
  extent: "layer",
  cost: { forward: "channels", backward: 0 },
  async explain(question) {
    const layer = requireLayerOf(question);
    const size = layer.height * layer.width;
    const scores = await layer.scores(layer.channels + 1, (c, into) => {
      into.set(layer.activations);
      if (c > 0) into.fill(0, (c - 1) * size, c * size);
    });
    const whole = scores[0]!;
    return combineChannels(layer, Array.from(scores.subarray(1), (score) => (whole === 0 ? 0 : (whole - score) / Math.abs(whole))));
  },
};
