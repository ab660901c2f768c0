import { GraphBuilder, type Graph } from "../graph/index.js";
import { type GradientRows, runsOfRows, type StateValue } from "./updates.js";

/** The gradient of a parameter: a value, or what makes some of its rows where the whole would be too large. */
export type Gradient = string | GradientRows;

/** The second half of a step whose batch is taken in parts: what the parts leave, and the graph that updates from it. */
export interface Accumulation {
  /** Cases of one part; the last part is filled up with cases whose targets are zero. */
  readonly rows: number;
  readonly parts: number;
  /** Input of a part for the targets of all parts, over which the loss is the mean: so the gradients of the parts add up to the batch's. */
  readonly whole: string;
  /** Sums of gradients, which every part writes in place. */
  readonly sums: readonly StateValue[];
  /** From parameters, optimizer's state and sums to the next parameters and state. */
  readonly update: Graph;
}

/** Parts of nearly equal size, none larger than asked for. */
export function partsOf(batch: number, mostRows: number): { readonly parts: number; readonly rows: number } {
  const parts = Math.ceil(batch / mostRows);
  return { parts, rows: Math.ceil(batch / parts) };
}

/**
 * Adds gradients to sums that are inputs, sum' = sum + gradient, and declares parameters and sums as inputs of another graph, where they
 * are updated from.
 */
export function addUp(builder: GraphBuilder, gradients: ReadonlyMap<string, Gradient>, mostBytes: number): { sums: StateValue[]; update: GraphBuilder; summed: Map<string, Gradient> } {
  const update = new GraphBuilder({ name: "update" });
  const summed = new Map<string, Gradient>();
  const sums: StateValue[] = [];
  const add = (name: string, shape: readonly number[], gradient: string) => {
    const next = builder.op("Add", [builder.input(name, "float32", shape), gradient]);
    builder.output(next);
    update.input(name, "float32", shape);
    return next;
  };
  for (const [parameter, gradient] of gradients) {
    const shape = builder.staticShape(parameter);
    const name = `${parameter}/sum`;
    const carried = { name, shape, kind: "slot", inPlace: true } as const;
    if (typeof gradient === "string") {
      update.input(parameter, "float32", shape);
      sums.push({ ...carried, next: add(name, shape, gradient) });
      summed.set(parameter, name);
      continue;
    }
    const nameOf = (first: number) => `${name}/rows ${first}`;
    const rows = runsOfRows(shape, mostBytes).map(({ first, count }) => {
      const next = add(nameOf(first), [count, ...shape.slice(1)], gradient(first, count));
      return { name: nameOf(first), next, first, count };
    });
    sums.push({ ...carried, next: "", rows });
    summed.set(parameter, nameOf);
  }
  return { sums, update, summed };
}
