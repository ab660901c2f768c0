import type { Graph } from "../graph/index.js";

/**
 * Bytes of inputs above which the runtime gives memory back as soon as it can. Its arena grows by doubling and keeps what it has; where the
 * weights and the optimizer's state alone take a gigabyte, single gradients take hundreds of megabytes, and what lies between
 * them is lost: 4.2 GB instead of 2.9 GB for a step of VGG16.
 */
const mostBytesInArena = 2 ** 30;

/** Bytes of a graph's inputs: the parameters and the optimizer's state, and beside them the images. A named extent counts as 1. */
export function inputBytes({ inputs }: Graph): number {
  const elements = inputs.map(({ shape }) => shape.reduce<number>((n, extent) => (typeof extent === "number" ? n * extent : n), 1));
  return 4 * elements.reduce((sum, n) => sum + n, 0);
}

/** Whether freed memory is kept for the next run where the caller says nothing. */
export function keepsFreedMemory(graph: Graph): boolean {
  return inputBytes(graph) < mostBytesInArena;
}
