import type { Graph } from "../graph/index.js";

/**
 * Bytes of inputs above which the runtime gives memory back as soon as it can. Its arena grows by doubling and keeps what it has: where
 * weights and optimizer alone take gigabytes, as for ConvNeXt-Large, there is no room for that. Below, it is faster: a step of
 * VGG16, with a gigabyte of inputs, takes a fifth longer without, for pages that the system clears anew.
 */
const mostBytesInArena = 2 ** 31;

/** Bytes of a graph's inputs: the parameters and the optimizer's state, and beside them the images. A named extent counts as 1. */
export function inputBytes({ inputs }: Graph): number {
  const elements = inputs.map(({ shape }) => shape.reduce<number>((n, extent) => (typeof extent === "number" ? n * extent : n), 1));
  return 4 * elements.reduce((sum, n) => sum + n, 0);
}

/** Whether freed memory is kept for the next run where the caller says nothing. */
export function keepsFreedMemory(graph: Graph): boolean {
  return inputBytes(graph) < mostBytesInArena;
}
