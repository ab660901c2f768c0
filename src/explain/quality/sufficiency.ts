import { InputError } from "../../base/index.js";
import type { Measure } from "./contract.js";
import { comparable } from "./similarity.js";

export const sufficiency: Measure = {
  title: "Sufficiency",
  summary: "Of the other cases whose maps are alike, the share with the same prediction.",
  formula:
    "|{j : d(a, a_j) ≤ t, ŷ_j = ŷ}| / |{j : d(a, a_j) ≤ t}|, d the root mean square over pixels of the difference in units of each pixel's standard deviation over the cases, t = 0.6 unless `threshold` says another; sizes in one frame of 32 x 32, scaled to a peak of 1. Not estimable without an alike case",
  reference: "S. Dasgupta, N. Frost, M. Moshkovitz, Framework for Evaluating Faithfulness of Local Explanations, ICML 2022, arXiv:2202.00734",
  property: "faithfulness",
  direction: "higher",
  range: [0, 1],
  needs: ["cohort"],
  reads: "size",
  applies: "Any method, over a data set. With two classes chance is the share of the prediction among the alike.",
  passes: "none",
  elsewhere: ["Quantus"],
  measure: ({ map, cohort }, { threshold = 0.6 }) => {
    const own = comparable(map).values;
    const others = cohort!.others.map((other) => ({ ...other, values: comparable(other.map).values }));
    const all = [own, ...others.map(({ values }) => values)];
    const variance = Float64Array.from(own, (_, i) => {
      const mean = all.reduce((sum, values) => sum + values[i]!, 0) / all.length;
      return all.reduce((sum, values) => sum + (values[i]! - mean) ** 2, 0) / Math.max(1, all.length - 1);
    });
    const varying = variance.reduce((count, value) => count + (value > 0 ? 1 : 0), 0);
    const distance = (values: Float32Array) => Math.sqrt(values.reduce((sum, value, i) => (variance[i]! > 0 ? sum + (value - own[i]!) ** 2 / variance[i]! : sum), 0) / Math.max(1, varying));
    const alike = others.filter(({ values }) => distance(values) <= threshold);
    if (alike.length === 0) throw new InputError("not-estimable", "sufficiency: expected another case with an alike map, got none. Raise the threshold or gather more cases.");
    return alike.filter(({ predicted }) => predicted === cohort!.predicted).length / alike.length;
  },
};
