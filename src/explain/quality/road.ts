import { probabilitiesOf } from "./asked-model.js";
import type { Measure, MeasureSettings, MeasureSubject } from "./contract.js";
import { impute } from "./impute.js";
import { placesOf, rankPixels, readMap } from "./read-map.js";

/** Shares of the pixels that are removed. */
const removed = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Standard deviation of the noise, in the units of a normalized image. */
const noise = 0.01;

/** Mean change of the class's probability when a share of the pixels is removed and filled in from their neighbors. */
export async function roadChange({ map, model }: MeasureSubject, { seed = 0 }: MeasureSettings, first: "most" | "least", levels: readonly number[] = removed): Promise<number> {
  const asked = model!;
  const { image, channels, height, width } = asked;
  const order = rankPixels(readMap(map, asked, "signed"), seed);
  const places = placesOf(first === "most" ? order : order.toReversed());
  const probabilities = await probabilitiesOf(asked, levels.length + 1, (i, into) => {
    if (i === 0) return into.set(image);
    const count = Math.round(levels[i - 1]! * places.length);
    into.set(impute(image, Uint8Array.from(places, (place) => (place < count ? 1 : 0)), { channels, height, width, noise, seed }));
  });
  const [whole, ...rest] = probabilities;
  return rest.reduce((sum, p) => sum + p - whole!, 0) / rest.length;
}

const shared = {
  reference: "Y. Rong, T. Leemann, V. Borisov, G. Kasneci, E. Kasneci, A Consistent and Efficient Evaluation Strategy for Attribution Methods, ICML 2022, arXiv:2202.00449",
  property: "faithfulness",
  range: [-1, 1],
  needs: ["model"],
  reads: "signed",
  applies: "Any method. What is removed is filled in from around it, so that the hole's outline tells the network little.",
  passes: "10 predictions",
  elsewhere: ["pytorch-grad-cam", "Quantus"],
} as const;

export const roadMostRelevantFirst: Measure = {
  ...shared,
  title: "ROAD, most relevant first",
  summary: "Change of the class's probability when the hottest pixels are removed by noisy linear imputation.",
  formula: "mean over 10 % … 90 % removed of p(image without its hottest pixels) − p(image); noise of σ = 0.01; ties in a random order by the seed",
  direction: "lower",
  measure: (subject, settings) => roadChange(subject, settings, "most"),
};

export const roadLeastRelevantFirst: Measure = {
  ...shared,
  title: "ROAD, least relevant first",
  summary: "Change of the class's probability when the coldest pixels are removed by noisy linear imputation.",
  formula: "mean over 10 % … 90 % removed of p(image without its coldest pixels) − p(image); noise of σ = 0.01; ties in a random order by the seed",
  direction: "higher",
  measure: (subject, settings) => roadChange(subject, settings, "least"),
};
