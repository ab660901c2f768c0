import { seededRandom } from "../../base/index.js";
import { rangeOf } from "../baselines.js";
import { scoresOf } from "./asked-model.js";
import type { Measure } from "./contract.js";
import { readMap, replaceFirst } from "./read-map.js";
import { samplesOf } from "./settings.js";
import { correlation } from "./similarity.js";

export const faithfulnessCorrelation: Measure = {
  title: "Faithfulness correlation",
  summary: "Whether the evidence on random sets of pixels agrees with how far the score falls without them.",
  formula: "Pearson's correlation over 100 random sets S of a sixteenth of the pixels between Σ_S a_i and f(x) − f(x without S), f the logit; removed pixels get the image's smallest value",
  reference: "U. Bhatt, A. Weller, J. M. F. Moura, Evaluating and Aggregating Feature-based Model Explanations, IJCAI 2020, definition 4, arXiv:2005.00631",
  property: "faithfulness",
  direction: "higher",
  range: [-1, 1],
  needs: ["model"],
  reads: "signed",
  applies: "Any method; made for signed maps whose values add up. On large images scattered pixels change little, and the figure is noisy.",
  passes: "101 predictions",
  elsewhere: ["Quantus"],
  measure: async ({ map, model }, { seed = 0, samples, share = 1 / 16 }) => {
    const runs = samplesOf(samples, 100);
    const asked = model!;
    const values = readMap(map, asked, "signed");
    const size = Math.max(1, Math.round(share * values.length));
    const black = new Float32Array(asked.image.length).fill(rangeOf(asked.image)[0]);
    const random = seededRandom("faithfulness correlation", seed);
    const pixels = Uint32Array.from(values.keys());
    const sums: number[] = [];
    const [whole, ...rest] = await scoresOf(asked, runs + 1, (i, into) => {
      if (i === 0) return into.set(asked.image);
      for (let k = 0; k < size; k++) {
        const other = k + random.integer(pixels.length - k);
        [pixels[k], pixels[other]] = [pixels[other]!, pixels[k]!];
      }
      sums.push(pixels.subarray(0, size).reduce((sum, pixel) => sum + values[pixel]!, 0));
      replaceFirst(asked, black, pixels, () => size)(i, into);
    });
    return correlation(sums, rest.map((score) => whole! - score));
  },
};
