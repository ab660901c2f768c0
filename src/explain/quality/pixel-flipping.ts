import { rangeOf } from "../baselines.js";
import { scoresOf } from "./asked-model.js";
import type { Measure } from "./contract.js";
import { rankPixels, readMap, replaceFirst } from "./read-map.js";
import { stepsOf } from "./settings.js";

export const pixelFlipping: Measure = {
  title: "Pixel flipping",
  summary: "How far the class's score falls while pixels are made black, hottest first: the area over the perturbation curve.",
  formula: "mean over k = 0 … L of f(x) − f(x_k), f the logit, x_k the image with the hottest k / L of its pixels at its smallest value; L = 20; ties in a random order by the seed",
  reference: "S. Bach et al., PLoS ONE 10, 2015, e0130140, doi:10.1371/journal.pone.0130140; W. Samek et al., IEEE Trans Neural Netw Learn Syst 28, 2017, equation 12, doi:10.1109/TNNLS.2016.2599820",
  property: "faithfulness",
  direction: "higher",
  range: [-Infinity, Infinity],
  needs: ["model"],
  reads: "signed",
  applies: "Any method. In units of the logit: compare maps of one network.",
  passes: "21 predictions",
  elsewhere: ["Quantus"],
  measure: async ({ map, model }, { seed = 0, steps }) => {
    const count = stepsOf(steps, 20);
    const asked = model!;
    const order = rankPixels(readMap(map, asked, "signed"), seed);
    const black = new Float32Array(asked.image.length).fill(rangeOf(asked.image)[0]);
    const curve = await scoresOf(asked, count + 1, replaceFirst(asked, black, order, (i) => Math.round((i / count) * order.length)));
    return curve.reduce((sum, score) => sum + curve[0]! - score, 0) / curve.length;
  },
};
