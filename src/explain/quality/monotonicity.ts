import { scoresOf } from "./asked-model.js";
import { rangeOf } from "../baselines.js";
import type { Measure } from "./contract.js";
import { rankPixels, readMap, replaceFirst } from "./read-map.js";
import { stepsOf } from "./settings.js";

export const monotonicity: Measure = {
  title: "Monotonicity",
  summary: "Share of the steps in which the score does not fall while pixels are put into a black image, coldest first.",
  formula: "share of k = 1 … L with f(x_k) ≥ f(x_(k−1)), f the logit, x_k the black image with the coldest k / L of the pixels put back; L = 20. The published reading, yes or no, is whether it is 1",
  reference: "V. Arya et al., One Explanation Does Not Fit All, 2019, section 5, arXiv:1909.03012",
  property: "faithfulness",
  direction: "higher",
  range: [0, 1],
  needs: ["model"],
  reads: "size",
  applies: "Any method. Where all evidence speaks for the class any order is monotone: it tells maps apart only where some speaks against it.",
  passes: "21 predictions",
  elsewhere: ["Quantus"],
  measure: async ({ map, model }, { seed = 0, steps }) => {
    const count = stepsOf(steps, 20);
    const asked = model!;
    const order = rankPixels(readMap(map, asked, "size"), seed).toReversed();
    const black = new Float32Array(asked.image.length).fill(rangeOf(asked.image)[0]);
    const curve = await scoresOf(asked, count + 1, replaceFirst({ ...asked, image: black }, asked.image, order, (i) => Math.round((i / count) * order.length)));
    return curve.slice(1).filter((score, i) => score >= curve[i]!).length / count;
  },
};
