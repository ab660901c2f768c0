import { blur } from "../baselines.js";
import { probabilitiesOf, type AskedModel } from "./asked-model.js";
import type { Measure, MeasureSettings, MeasureSubject } from "./contract.js";
import { rankPixels, readMap, replaceFirst } from "./read-map.js";
import { stepsOf } from "./settings.js";

/** Trapezoids over equal steps of [0, 1]. */
export function areaUnder(curve: readonly number[]): number {
  return curve.reduce((sum, value, i) => sum + value * (i === 0 || i === curve.length - 1 ? 0.5 : 1), 0) / (curve.length - 1);
}

/** The image with nothing left in it that can be told: a Gaussian of σ = 1/22 of its side, as the reference's 11 x 11 window of σ = 5 and more on 224 pixels. */
export function blurred(model: AskedModel): Float32Array {
  return blur(model, Math.max(model.height, model.width) / 22);
}

/**
 * Probability of the class as pixels are removed, hottest first, in equal steps.
 * @param steps of the curve; it has one point more
 * @param replaced how pixels look that are gone
 */
async function removalCurve({ map, model }: MeasureSubject, { seed = 0, ...settings }: MeasureSettings, images: { readonly from: "image" | "other"; readonly other: Float32Array }): Promise<number[]> {
  const steps = stepsOf(settings.steps, 20);
  const asked = model!;
  const order = rankPixels(readMap(map, asked, "signed"), seed);
  const count = (i: number) => Math.round((i / steps) * order.length);
  if (images.from === "image") return probabilitiesOf(asked, steps + 1, replaceFirst(asked, images.other, order, count));
  const start = { ...asked, image: images.other };
  return probabilitiesOf(asked, steps + 1, replaceFirst(start, asked.image, order, count));
}

const shared = {
  reference: "V. Petsiuk, A. Das, K. Saenko, RISE, BMVC 2018, section 4.1, arXiv:1806.07421",
  property: "faithfulness",
  range: [0, 1],
  needs: ["model"],
  reads: "signed",
  passes: "21 predictions",
} as const;

export const deletion: Measure = {
  ...shared,
  title: "Deletion",
  summary: "Area under the class's probability while pixels are removed, hottest first.",
  formula: "trapezoids over the share removed, 20 equal steps; removed pixels become 0, the mean grey of a normalized image; ties in a random order by the seed",
  direction: "lower",
  applies: "Any method. Images with holes are none the network was trained on: read it beside ROAD.",
  elsewhere: ["Xplique"],
  measure: async (subject, settings) => areaUnder(await removalCurve(subject, settings, { from: "image", other: new Float32Array(subject.model!.image.length) })),
};

export const insertion: Measure = {
  ...shared,
  title: "Insertion",
  summary: "Area under the class's probability while pixels are put back into the blurred image, hottest first.",
  formula: "trapezoids over the share put back, 20 equal steps; the start is the image under a Gaussian of σ = side / 22; ties in a random order by the seed",
  direction: "higher",
  applies: "Any method. Blurring leaves fewer edges that are not the image's than holes do.",
  elsewhere: ["Xplique"],
  measure: async (subject, settings) => areaUnder(await removalCurve(subject, settings, { from: "other", other: blurred(subject.model!) })),
};
