import type { OperatorName } from "../../graph/index.js";
import { type GradientRule, type NoGradient, noGradient } from "../contract.js";
import { conv } from "./conv.js";
import { elementwise } from "./elementwise.js";
import { matmul } from "./matmul.js";
import { norm } from "./norm.js";
import { pool } from "./pool.js";
import { reduce } from "./reduce.js";
import { resizing } from "./resize.js";
import { shape } from "./shape.js";

const blocked = noGradient("it belongs to the engine's memory layout: differentiate before laying out");

/** One rule per operator of the graph room; an operator without one does not compile. */
export const gradients = {
  ...elementwise,
  ...reduce,
  ...shape,
  ...matmul,
  ...conv,
  ...pool,
  ...norm,
  ...resizing,
  FusedConv: noGradient("it is a fusion for inference: differentiate before fusing"),
  "nchwc.Conv": blocked,
  "nchwc.MaxPool": blocked,
  "nchwc.AveragePool": blocked,
  "nchwc.GlobalAveragePool": blocked,
  "nchwc.ReorderInput": blocked,
  "nchwc.ReorderOutput": blocked,
} as const satisfies Record<OperatorName, GradientRule | NoGradient>;
