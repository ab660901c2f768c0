import { float32, seededRandom, InputError } from "../../base/index.js";
import type { Measure, MeasureSettings, MeasureSubject, Variant } from "./contract.js";
import { requireEvidence } from "./read-map.js";
import { cascadeOf } from "./randomize-weights.js";
import { similarityOf, type SimilarityName } from "./similarity.js";

function imageOf({ model }: MeasureSubject) {
  const { image, channels, height, width } = model!;
  return float32([1, channels, height, width], image);
}

/** How alike the map is to those of networks whose stages are randomized, one reading per set of stages. */
export async function similarityToRandomized(subject: MeasureSubject, sets: readonly (readonly string[])[], seed: number, name: SimilarityName): Promise<number[]> {
  requireEvidence(subject.map.values, "randomization");
  const image = imageOf(subject);
  const readings: number[] = [];
  for (const stages of sets) {
    const variant: Variant = { kind: "randomized", stages, seed };
    const [map] = await subject.method!.maps(image, variant);
    readings.push(similarityOf(subject.map, map!, name));
  }
  return readings;
}

async function meanSimilarity(subject: MeasureSubject, { seed = 0 }: MeasureSettings, order: "cascading" | "independent", name: SimilarityName): Promise<number> {
  const { stages } = subject.method!;
  const sets = order === "cascading" ? cascadeOf(stages) : stages.map((stage) => [stage]);
  const readings = await similarityToRandomized(subject, sets, seed, name);
  return readings.reduce((sum, value) => sum + value, 0) / readings.length;
}

const orders = {
  cascading: { title: "cascading", summary: "as its stages are set back to random weights one after another, from the head to the image", sets: "the head, the head and the stage before it, … all stages" },
  independent: { title: "independent", summary: "when one stage at a time is set back to random weights", sets: "each stage alone" },
} as const;

const similarities = {
  ssim: { title: "SSIM", formula: "structural similarity" },
  rank: { title: "rank correlation", formula: "Spearman's correlation" },
} as const;

function randomization(order: keyof typeof orders, name: SimilarityName): Measure {
  return {
    title: `Parameter randomization, ${orders[order].title}, ${similarities[name].title}`,
    summary: `How alike the map stays to that of the trained network ${orders[order].summary}.`,
    formula: `mean over ${orders[order].sets} of the ${similarities[name].formula} of the sizes in a frame of 32 x 32, scaled to a peak of 1; weights as they start before training; a map without evidence is unlike any other: 0`,
    reference: "J. Adebayo, J. Gilmer, M. Muelly, I. Goodfellow, M. Hardt, B. Kim, Sanity Checks for Saliency Maps, NeurIPS 2018, arXiv:1810.03292",
    property: "randomization",
    direction: "lower",
    range: [-1, 1],
    needs: ["model", "method"],
    reads: "size",
    applies: "Methods that ask the network. Signs are left out: a method that draws edges draws them with any weights.",
    passes: "one map per stage",
    elsewhere: ["Xplique", "Quantus"],
    measure: (subject, settings) => meanSimilarity(subject, settings, order, name),
  };
}

export const cascadingSsim = randomization("cascading", "ssim");
export const cascadingRank = randomization("cascading", "rank");
export const independentSsim = randomization("independent", "ssim");
export const independentRank = randomization("independent", "rank");

export const randomLogit: Measure = {
  title: "Random logit",
  summary: "How alike the map is to that of another class, drawn at random.",
  formula: "structural similarity of the two maps' sizes in a frame of 32 x 32, scaled to a peak of 1; the other class by the seed",
  reference: "L. Sixt, M. Granz, T. Landgraf, When Explanations Lie: Why Many Modified BP Attributions Fail, ICML 2020, section 4, arXiv:1912.09818",
  property: "randomization",
  direction: "lower",
  range: [-1, 1],
  needs: ["model", "method"],
  reads: "size",
  applies: "Methods that explain a class. With two classes a linear head may rightly look at one place for both, with opposite signs: read it with more classes.",
  passes: "1 map",
  elsewhere: ["Xplique", "Quantus"],
  measure: async (subject, { seed = 0 }) => {
    const method = subject.method!;
    if (method.classes < 2) throw new InputError("not-estimable", "random logit: expected two classes or more, got one.");
    requireEvidence(subject.map.values, "random logit");
    const drawn = seededRandom("random logit", seed).integer(method.classes - 1);
    const [map] = await method.maps(imageOf(subject), { kind: "class", index: drawn < method.class ? drawn : drawn + 1 });
    return similarityOf(subject.map, map!, "ssim");
  },
};
