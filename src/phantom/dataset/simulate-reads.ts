import { exp, seededRandom } from "../../base/index.js";
import type { PlannedImage, SimulatedReader } from "./case-recipe.js";
import { pathOf, type ImageEncoding } from "./image-encoding.js";
import { anotherLabel } from "./experiments.js";

/** One reader's answer on one image. */
export interface Read {
  readonly reader: string;
  /** The image as labels.csv names it. */
  readonly case: string;
  readonly label: string;
  /** How sure the reader says to be, 0.5 to 1. */
  readonly confidence: number;
  readonly group: string;
  /** How the image was read: alone, without a network's help. */
  readonly condition: "unaided";
  readonly seconds: number;
}

/** Share of the variance of a reader's impression that all readers have in common: the case's own difficulty. */
const sharedDifficulty = 0.5;

/**
 * Answers of readers who read the test images, or all where there is no test split. The impression of a case is normal,
 * half its variance the case's own; it is read wrongly where the impression lies below the quantile of 1 - skill, so that
 * readers err on the same hard cases. Confidence grows with the distance from that point, seconds shrink with it.
 */
export function simulateReads(planned: readonly PlannedImage[], readers: readonly SimulatedReader[], labels: readonly string[], { seed, format = "png" }: { readonly seed: number | string; readonly format?: ImageEncoding["format"] }): Read[] {
  const tested = planned.filter(({ split }) => split === "test");
  const cases = tested.length > 0 ? tested : planned;
  return readers.flatMap(({ name: reader, skill, group = "" }) => {
    // Some read faster than others.
    const pace = exp(0.3 * seededRandom("reader", seed, reader).normal());
    return cases.map(({ name, trueLabel }): Read => {
      const random = seededRandom("reader", seed, reader, name);
      const impression = Math.sqrt(sharedDifficulty) * seededRandom("difficulty", seed, name).normal() + Math.sqrt(1 - sharedDifficulty) * random.normal();
      const rank = normalShare(impression);
      const right = rank > 1 - skill;
      const clear = right ? (rank - (1 - skill)) / skill : (1 - skill - rank) / (1 - skill);
      return {
        reader,
        case: pathOf("images", name, format),
        label: right ? trueLabel : anotherLabel(trueLabel, labels, random),
        // A wrong answer is seldom given as surely as a right one.
        confidence: 0.5 + 0.5 * Math.min(1, Math.max(0, (right ? 0.25 + 0.7 * clear : 0.1 + 0.5 * clear) + 0.08 * random.normal())),
        group,
        condition: "unaided",
        seconds: Math.max(2, 18 * pace * exp(0.35 * random.normal()) * (1.5 - clear)),
      };
    });
  });
}

/** Standard normal distribution function, absolute error below 1e-7 (Abramowitz and Stegun 1964, 26.2.17). */
export function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail = (exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z > 0 ? 1 - tail : tail;
}
