import { InputError } from "../../base/index.js";
/** What a criterion asks and when it is met. */
export interface CriterionFacts {
  readonly title: string;
  readonly question: string;
  /** The rule, with its threshold. */
  readonly rule: string;
  /** Why this rule. */
  readonly argument: string;
}

/** Smallest rank correlation at which two maps count as the same to a reader. */
export const sameMap = 0.5;

/** Largest rank correlation with the map of half-random weights at which a method counts as depending on the weights. */
export const otherMap = 0.5;

/** Fewest cases that a verdict rests on. */
export const fewestCases = 8;

/** @throws InputError `audit-cases` */
export function requireCases(count: number): void {
  if (count < fewestCases) throw new InputError("audit-cases", `audit: expected ${fewestCases} cases or more, got ${count}. A verdict on fewer would be an anecdote.`);
}

/** The questions of the audit, in the order of its table: four of Arun et al. and faithfulness, and steadiness beside them. */
export const criteria = {
  localization: {
    title: "Localizes",
    question: "Does the map lie where the finding is known to be?",
    rule: "Area under the precision-recall curve of its pixels against the region: above an even map's (the region's share of the image) and above an edge detector's, each by a paired test over cases, adjusted by Holm's method for all methods.",
    argument: "A map that finds the region no better than its edges do could have been drawn without the network.",
  },
  faithfulness: {
    title: "Faithful",
    question: "Do the places it marks carry the network's decision?",
    rule: "Insertion less deletion (area under the class's probability as the hottest pixels come back into, or leave for, a blurred image): above that of the same map rolled to another place, by a paired test over cases, adjusted by Holm's method.",
    argument: "The rolled map is as smooth and as sparse as the map itself: what is left of the difference is the place.",
  },
  weights: {
    title: "Depends on the weights",
    question: "Does the map change when what was learned is taken from the network?",
    rule: `Mean rank correlation of the sizes with the maps of the same network whose upper half of stages is random, mean of four draws: interval below ${otherMap}.`,
    argument: "A map that is still half the same (a quarter of the ranks' variance shared) when half of the network has forgotten everything says more about the image than about the network. The upper half, because that is where methods that only repaint the image's edges are betrayed: they follow the lower layers. The threshold was fixed on networks that are not among those it was tested on.",
  },
  steadiness: {
    title: "Steady",
    question: "Is the map the same for an image that a reader would call the same?",
    rule: `Mean rank correlation with the maps under 2 % noise, a shift of 2 % with a turn of 2°, and another draw where the method draws: interval above ${sameMap}.`,
    argument: "Below a half, two maps of one film share less than a quarter of their ranks' variance.",
  },
  repeatability: {
    title: "Repeatable",
    question: "Do networks of the same architecture, trained again, have the same map?",
    rule: `Mean rank correlation with the maps of the other networks of this architecture: interval above ${sameMap}, and above that with the map of another case.`,
    argument: "Maps may be alike because all films are: what counts is that they are more alike than maps of different cases.",
  },
  reproducibility: {
    title: "Reproducible",
    question: "Do networks of other architectures have the same map?",
    rule: `As repeatability, with the networks of other architectures.`,
    argument: "If two networks that are equally right look elsewhere, at most one map can be taken for the reason.",
  },
} as const satisfies Record<string, CriterionFacts>;

export type CriterionName = keyof typeof criteria;

export const criterionNames = Object.keys(criteria) as CriterionName[];
