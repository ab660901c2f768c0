import type { GradientCases } from "./contract.js";
import { convCases } from "./conv.js";
import { elementwiseCases } from "./elementwise.js";
import { matmulCases } from "./matmul.js";
import { networkCases } from "./network.js";
import { normCases } from "./norm.js";
import { poolCases } from "./pool.js";
import { reduceCases } from "./reduce.js";
import { resizeCases } from "./resize.js";
import { shapeCases } from "./shape.js";

/** Every case by family; a family's stored values are in test/fixtures/autodiff/<family>.json. */
export const cases = {
  elementwise: elementwiseCases,
  reduce: reduceCases,
  shape: shapeCases,
  matmul: matmulCases,
  conv: convCases,
  pool: poolCases,
  norm: normCases,
  resize: resizeCases,
  network: networkCases,
} as const satisfies Record<string, GradientCases>;

export type { GradientCase } from "./contract.js";
