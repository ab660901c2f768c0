import { InputError } from "../../base/index.js";
import type { Tensor } from "../../base/index.js";
import { formatShape } from "../dim.js";
import type { Graph } from "../model.js";
import type { PassResult } from "./contract.js";

/**
 * Turns inputs into constants. Constants are prepacked by the runtime: whatever is frozen belongs there.
 * Names the graph has no input for are left alone.
 * @throws InputError `shape-mismatch` naming the input
 */
export function bindConstants(graph: Graph, values: ReadonlyMap<string, Tensor>): PassResult {
  const bound = graph.inputs.filter(({ name }) => values.has(name));
  if (bound.length === 0) return { graph, modified: false };
  const initializers = new Map(graph.initializers);
  const types = new Map(graph.values);
  for (const { name, dtype, shape } of bound) {
    const value = values.get(name)!;
    const isSameShape =
      value.shape.length === shape.length && shape.every((dim, i) => typeof dim === "string" || dim === value.shape[i]);
    if (value.dtype !== dtype || !isSameShape) {
      throw new InputError(
        "shape-mismatch",
        `${name}: expected ${dtype} ${formatShape(shape)}, got ${value.dtype} ${formatShape(value.shape)}. Pass weights of this network.`,
      );
    }
    initializers.set(name, value);
    types.set(name, { name, dtype, shape: value.shape });
  }
  const inputs = graph.inputs.filter(({ name }) => !values.has(name));
  return { graph: { ...graph, inputs, initializers, values: types }, modified: true };
}

/** Turns constants into inputs, so that their values can change between runs. */
export function unbindConstants(graph: Graph, names: readonly string[]): PassResult {
  const unbound = names.filter((name) => graph.initializers.has(name));
  if (unbound.length === 0) return { graph, modified: false };
  const initializers = new Map(graph.initializers);
  for (const name of unbound) initializers.delete(name);
  const inputs = [...graph.inputs, ...unbound.map((name) => graph.values.get(name)!)];
  return { graph: { ...graph, inputs, initializers }, modified: true };
}
