import { seededRandom } from "../../base/index.js";
import { settingsAt } from "../space.js";
import type { Sampler } from "./contract.js";

export const random: Sampler = {
  title: "Random",
  summary: "Every setting drawn independently and evenly from its range.",
  reference: "Bergstra and Bengio 2012, J Mach Learn Res 13, 281",
  adaptive: false,
  propose({ space, seed, trial }) {
    const draws = seededRandom("search", seed, "random", trial);
    return settingsAt(space, Object.keys(space).map(() => draws.uniform()));
  },
};
