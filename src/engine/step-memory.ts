import type { Graph } from "../graph/index.js";
import { lowerFor } from "./lower-for.js";
import type { EngineOptions } from "./options.js";

const views: ReadonlySet<string> = new Set(["Reshape", "Identity", "Squeeze", "Unsqueeze", "Flatten"]);
const elementBytes: Readonly<Record<string, number>> = { int64: 8, float64: 8, bool: 1, uint8: 1, int8: 1, float16: 2 };

/** Nodes in the order in which the runtime runs them: from the last result back, what it needs before it. */
function runOrder({ nodes }: Graph): number[] {
  const producers = new Map(nodes.flatMap(({ outputs }, i) => outputs.map((output) => [output, i] as const)));
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const order: number[] = [];
  const seen = new Set<number>();
  const stack = nodes.flatMap(({ outputs }, i) => (outputs.some((output) => read.has(output)) ? [] : [{ node: i, isReady: false }]));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (top.isReady) {
      order.push(top.node);
      continue;
    }
    if (seen.has(top.node)) continue;
    seen.add(top.node);
    stack.push({ ...top, isReady: true });
    const before = new Set(nodes[top.node]!.inputs.flatMap((input) => producers.get(input) ?? []));
    for (const node of [...before].sort((a, b) => a - b)) if (!seen.has(node)) stack.push({ node, isReady: false });
  }
  return order;
}

/**
 * Bytes of the values of a graph that are alive at once at most, results and inputs not counted. What the runtime takes is up to a third
 * more, for the gaps between large values.
 */
export function mostAliveBytes(graph: Graph): number {
  const { nodes, values, outputs } = graph;
  const sources = new Map(nodes.flatMap((node) => (views.has(node.op) ? [[node.outputs[0]!, node.inputs[0]!] as const] : [])));
  const memoryOf = (value: string): string => {
    let source = value;
    while (sources.has(source)) source = sources.get(source)!;
    return source;
  };
  const bytes = (value: string): number => {
    const info = values.get(value);
    return info === undefined ? 0 : info.shape.reduce<number>((n, extent) => n * Number(extent), elementBytes[info.dtype] ?? 4);
  };
  const order = runOrder(graph);
  const last = new Map<string, number>();
  for (const [moment, i] of order.entries()) for (const input of nodes[i]!.inputs) last.set(memoryOf(input), moment);
  const results = new Set(outputs.map(({ name }) => name));
  const alive = new Map<string, number>();
  let [now, most] = [0, 0];
  for (const [moment, i] of order.entries()) {
    const node = nodes[i]!;
    for (const output of node.outputs) {
      if (output === "" || sources.has(output) || results.has(output)) continue;
      alive.set(output, bytes(output));
      now += bytes(output);
    }
    most = Math.max(most, now);
    for (const value of [...node.inputs, ...node.outputs].map(memoryOf)) {
      if (!alive.has(value) || (last.get(value) ?? moment) > moment) continue;
      now -= alive.get(value)!;
      alive.delete(value);
    }
  }
  return most;
}

/** What the process takes beside values: code, the runtime's threads, JavaScript. */
const besideBytes = 250e6;

/**
 * Memory that a process takes that runs some graphs again and again, estimated before anything is run.
 * @param heldBytes of what is held from run to run: parameters, the optimizer's state, images
 */
export async function estimateMemory(graphs: readonly Graph[], heldBytes: number, options: EngineOptions = {}): Promise<number> {
  let alive = 0;
  for (const graph of graphs) alive += mostAliveBytes(await lowerFor(graph, options));
  return besideBytes + heldBytes + 1.33 * alive;
}
