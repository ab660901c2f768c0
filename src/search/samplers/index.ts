import type { Sampler } from "./contract.js";
import { grid } from "./grid.js";
import { latinHypercube } from "./latin-hypercube.js";
import { random } from "./random.js";
import { sobol } from "./sobol.js";
import { tpe } from "./tpe.js";

export type { Sampler, SamplerRequest } from "./contract.js";

const shelf = { grid, random, "latin-hypercube": latinHypercube, sobol, tpe } as const;

export type SamplerName = keyof typeof shelf;

/** How the settings of a trial are chosen, by the name that recipes use. */
export const samplers: Readonly<Record<SamplerName, Sampler>> = shelf;
