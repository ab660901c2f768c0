import type { Graph } from "../graph/index.js";

/**
 * Values to keep where all others are made again: places at which one value alone carries the forward pass on, about a square root of
 * the number of large values apart, so that what is kept and what one stretch between two of them takes are alike.
 * @param isLarge whether a value's memory counts
 * @see T. Chen, B. Xu, C. Zhang, C. Guestrin, Training Deep Nets with Sublinear Memory Cost, 2016, arXiv:1604.06174
 */
export function cutPoints({ nodes, outputs, values }: Graph, isLarge: (value: string) => boolean): Set<string> {
  const last = new Map<string, number>();
  for (const [i, { inputs }] of nodes.entries()) for (const input of inputs) last.set(input, i);
  for (const { name } of outputs) last.set(name, nodes.length);
  const bytes = (value: string) => 4 * values.get(value)!.shape.reduce<number>((n, extent) => n * Number(extent), 1);
  const large = nodes.flatMap((node) => node.outputs.filter((value) => value !== "" && isLarge(value)));
  const wanted = large.reduce((sum, value) => sum + bytes(value), 0) / Math.sqrt(Math.max(1, large.length));
  const kept = new Set<string>();
  const alive = new Set<string>();
  let since = 0;
  for (const [i, node] of nodes.entries()) {
    for (const value of node.outputs) {
      if (value === "" || !isLarge(value)) continue;
      alive.add(value);
      since += bytes(value);
    }
    for (const value of alive) if ((last.get(value) ?? i) <= i) alive.delete(value);
    if (alive.size !== 1 || since < wanted) continue;
    for (const value of alive) kept.add(value);
    since = 0;
  }
  return kept;
}
