import { activations } from "./activation.js";
import { composites } from "./composite.js";
import type { OperatorSchema } from "./contract.js";
import { constants } from "./constant.js";
import { convolutions } from "./conv.js";
import { elementwise } from "./elementwise.js";
import { indexing } from "./indexing.js";
import { matmul } from "./matmul.js";
import { microsoft } from "./microsoft.js";
import { nchwc } from "./nchwc.js";
import { norms } from "./norm.js";
import { pools } from "./pool.js";
import { reductions } from "./reduce.js";
import { resizing } from "./resize.js";
import { shapes } from "./shape.js";

/**
 * Every operator the project uses. The key is the operator's own name, but for ONNX Runtime's blocked layout, whose names
 * repeat ONNX's: there it is `nchwc.` and the name.
 */
export const operators = {
  ...elementwise,
  ...activations,
  ...reductions,
  ...matmul,
  ...convolutions,
  ...pools,
  ...norms,
  ...shapes,
  ...indexing,
  ...constants,
  ...resizing,
  ...microsoft,
  ...nchwc,
  ...composites,
} as const satisfies Record<string, OperatorSchema>;

export type OperatorName = keyof typeof operators;

const byDomainAndOp = new Map(
  Object.entries<OperatorSchema>(operators).map(([key, schema]) => [
    `${schema.domain}:${schema.op ?? key}`,
    key as OperatorName,
  ]),
);

/** Key on the shelf of the operator a node applies, or undefined for a foreign one. */
export function operatorOf(node: { readonly op: string; readonly domain: string }): OperatorName | undefined {
  return byDomainAndOp.get(`${node.domain === "ai.onnx" ? "" : node.domain}:${node.op}`);
}
