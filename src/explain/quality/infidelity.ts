import { InputError, seededRandom } from "../../base/index.js";
import { scoresOf } from "./asked-model.js";
import type { Measure } from "./contract.js";
import { readMap } from "./read-map.js";
import { samplesOf } from "./settings.js";

export const infidelity: Measure = {
  title: "Infidelity",
  summary: "How far the map, as a linear model of the score, is off when square patches of the image are blanked.",
  formula:
    "mean over 100 patches of (β Σ_i a_i (x_i − x'_i) − (f(x) − f(x')))², f the logit, x' the image with a square of an eighth of its side at 0, the map's value at all channels of a pixel, β the scale that makes it least",
  reference: "C.-K. Yeh, C.-Y. Hsieh, A. Suggala, D. I. Inouye, P. Ravikumar, On the (In)fidelity and Sensitivity of Explanations, NeurIPS 2019, definition 2.1, arXiv:1901.09392",
  property: "faithfulness",
  direction: "lower",
  range: [0, Infinity],
  needs: ["model"],
  reads: "signed",
  applies: "Methods that stand for a gradient: signed, fine maps. In squared units of the logit: compare maps of one network.",
  passes: "101 predictions",
  elsewhere: ["Captum", "Quantus"],
  measure: async ({ map, model }, { seed = 0, samples }) => {
    const runs = samplesOf(samples, 100);
    const asked = model!;
    const { image, channels, height, width } = asked;
    const values = readMap(map, asked, "signed");
    const side = Math.max(1, Math.round(Math.max(height, width) / 8));
    const random = seededRandom("infidelity", seed);
    const foretold: number[] = [];
    const [whole, ...rest] = await scoresOf(asked, runs + 1, (i, into) => {
      into.set(image);
      if (i === 0) return;
      const [top, left] = [random.integer(height) - (side >> 1), random.integer(width) - (side >> 1)];
      let sum = 0;
      for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
        for (let x = Math.max(0, left); x < Math.min(width, left + side); x++) {
          for (let c = 0, at = y * width + x; c < channels; c++, at += height * width) {
            sum += values[y * width + x]! * image[at]!;
            into[at] = 0;
          }
        }
      }
      foretold.push(sum);
    });
    const fallen = rest.map((score) => whole! - score);
    const square = foretold.reduce((sum, value) => sum + value * value, 0);
    const both = foretold.reduce((sum, value, i) => sum + value * fallen[i]!, 0);
    const scale = square > 0 ? both / square : 0;
    const result = fallen.reduce((sum, value, i) => sum + (scale * foretold[i]! - value) ** 2, 0) / runs;
    if (!Number.isFinite(result)) throw new InputError("not-estimable", "infidelity: expected finite scores, got others. Check the network.");
    return result;
  },
};
