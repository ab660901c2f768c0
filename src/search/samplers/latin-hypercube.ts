import { seededRandom } from "../../base/index.js";
import { settingsAt } from "../space.js";
import type { Sampler } from "./contract.js";

/** Point i of a Latin hypercube of n in d dimensions: every n-th part of every axis holds one point, at random within it. */
export function hypercubePoint(i: number, { n, d, seed }: { readonly n: number; readonly d: number; readonly seed: number | string }): number[] {
  const parts = Array.from({ length: n }, (_, part) => part);
  return Array.from({ length: d }, (_, axis) => {
    const part = seededRandom("search", seed, "latin-hypercube", axis).shuffle(parts)[i % n]!;
    return (part + seededRandom("search", seed, "latin-hypercube", axis, i).uniform()) / n;
  });
}

export const latinHypercube: Sampler = {
  title: "Latin hypercube",
  summary: "As many parts of every range as there are trials, each met once.",
  reference: "McKay, Beckman and Conover 1979, Technometrics 21, 239, doi:10.1080/00401706.1979.10489755",
  adaptive: false,
  propose: ({ space, seed, trial, trials }) => settingsAt(space, hypercubePoint(trial, { n: trials, d: Object.keys(space).length, seed })),
};
