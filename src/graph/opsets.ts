import type { Graph } from "./model.js";

/** ONNX operator set that Osteon builds for: the newest whose reductions still take axes as attributes. */
export const onnxOpset = 17;

/** Operator-set version of every domain a graph uses, as a model file has to state it. */
export function opsetOf(graph: Graph): Record<string, number> {
  const opsets: Record<string, number> = { "": onnxOpset };
  for (const { domain } of graph.nodes) if (domain !== "" && domain !== "ai.onnx") opsets[domain] = 1;
  return opsets;
}
