import { InputError, float32 } from "../../base/index.js";
import { rangeOf } from "../baselines.js";
import { scoresOf } from "./asked-model.js";
import type { Measure } from "./contract.js";
import { requireEvidence } from "./read-map.js";
import { strengthOf } from "./settings.js";

export const completeness: Measure = {
  title: "Completeness gap",
  summary: "By how much the map's sum misses the difference of the scores of the image and of the blank image.",
  formula: "|Σ a_i − (f(x) − f(0))| / |f(x) − f(0)|, f the logit, 0 the mean grey of a normalized image; the map unscaled",
  reference: "M. Sundararajan, A. Taly, Q. Yan, Axiomatic Attribution for Deep Networks, ICML 2017, section 3, arXiv:1703.01365",
  property: "axiom",
  direction: "lower",
  range: [0, Infinity],
  needs: ["model"],
  reads: "signed",
  applies: "Methods that promise it: integrated gradients, DeepLIFT, LRP without bias. Maps have to be unscaled and at the image's extent; others are far off and none the worse for it.",
  passes: "2 predictions",
  elsewhere: ["Quantus"],
  measure: async ({ map, model }) => {
    const [whole, blank] = await scoresOf(model!, 2, (i, into) => (i === 0 ? into.set(model!.image) : into.fill(0)));
    const difference = whole! - blank!;
    if (difference === 0) throw new InputError("not-estimable", "completeness: expected scores that differ, got the same for the image and the blank image. Leave the case out and count it.");
    return Math.abs(map.values.reduce((sum, value) => sum + value, 0) - difference) / Math.abs(difference);
  },
};

export const inputInvariance: Measure = {
  title: "Input invariance",
  summary: "How much the map changes when all pixels get the same amount more and the network takes it off again.",
  formula: "Σ |Φ'(x + c) − Φ(x)| / Σ |Φ(x)|, Φ' of the network f'(x) = f(x − c), c half of the image's range. The published reading, yes or no, is whether it is 0",
  reference: "P.-J. Kindermans et al., The (Un)reliability of Saliency Methods, 2019, arXiv:1711.00867",
  property: "axiom",
  direction: "lower",
  range: [0, Infinity],
  needs: ["model", "method"],
  reads: "signed",
  applies: "Any method that sees the network's graph. Methods with a fixed baseline fail by their nature: the baseline does not move with the image.",
  passes: "1 map",
  elsewhere: ["Quantus"],
  measure: async ({ map, model, method }, { strength }) => {
    const { image, channels, height, width } = model!;
    const total = requireEvidence(map.values, "input invariance");
    const [low, high] = rangeOf(image);
    const amount = Math.fround(strengthOf(strength, 0.5) * (high - low));
    const [shifted] = await method!.maps(float32([1, channels, height, width], image.map((value) => value + amount)), { kind: "shifted", amount });
    return shifted!.values.reduce((sum, value, i) => sum + Math.abs(value - map.values[i]!), 0) / total;
  },
};
