import type { Graph, Node } from "../../graph/index.js";
import { beginCopy, scopeOf } from "./rewriter.js";
import { afterValue } from "./plain/after.js";

/** Operators whose result is the memory of their input. */
const views: ReadonlySet<string> = new Set(["Reshape", "Squeeze", "Unsqueeze", "Flatten"]);

function isAfterReads({ op, domain }: Node): boolean {
  return op === "AfterReads" && domain === "ai.osteon";
}

/** Who makes and who reads each value. */
class Links {
  readonly #producers = new Map<string, Node>();
  readonly #readers = new Map<string, Node[]>();

  constructor({ nodes }: Graph) {
    for (const node of nodes) {
      for (const output of node.outputs) this.#producers.set(output, node);
      for (const input of new Set(node.inputs)) this.#readers.set(input, [...(this.#readers.get(input) ?? []), node]);
    }
  }

  /** Nodes that read a value's memory, under its own name or as a view. */
  readersOf(value: string): Node[] {
    // What else waits for the same reads reads nothing itself.
    const direct = (this.#readers.get(value) ?? []).filter((node) => !isAfterReads(node) || node.inputs[0] === value);
    return direct.flatMap((node) => (views.has(node.op) && node.inputs[0] === value ? this.readersOf(node.outputs[0]!) : [node]));
  }

  /** A node and all that is made of what it makes. */
  after(node: Node): Set<Node> {
    return reach([node], ({ outputs }) => outputs.flatMap((output) => this.#readers.get(output) ?? []));
  }

  /** Nodes and all that they are made of. */
  before(nodes: Iterable<Node>): Set<Node> {
    return reach(nodes, ({ inputs }) => inputs.flatMap((input) => this.#producers.get(input) ?? []));
  }
}

function reach(from: Iterable<Node>, next: (node: Node) => readonly Node[]): Set<Node> {
  const found = new Set(from);
  for (const node of found) for (const other of next(node)) found.add(other);
  return found;
}

/**
 * Writes AfterReads out: its value waits for every node that reads the other value, but for those that what is made of it needs
 * anyway. On a device that gives each output memory of its own there is nothing to wait for.
 */
export function orderReads(graph: Graph, { inPlace }: { readonly inPlace: boolean }): Graph {
  if (!graph.nodes.some(isAfterReads)) return graph;
  const links = new Links(graph);
  const builder = beginCopy(graph);
  const renamed = new Map<string, string>();
  const now = (value: string) => renamed.get(value) ?? value;
  for (const node of graph.nodes) {
    if (!isAfterReads(node)) {
      builder.append({ ...node, inputs: node.inputs.map(now) }, new Map(node.outputs.flatMap((name) => (name === "" ? [] : [[name, graph.values.get(name)!]]))));
      continue;
    }
    const [x, w] = node.inputs as [string, string];
    const needed = links.before(links.after(node));
    const awaited = inPlace ? links.readersOf(w).filter((reader) => !needed.has(reader)) : [];
    const value = builder.scope(scopeOf(node), () => awaited.reduce((waiting, { outputs }) => afterValue(builder, waiting, outputs.find((output) => output !== "")!), now(x)));
    renamed.set(node.outputs[0]!, value);
  }
  for (const { name } of graph.outputs) builder.output(now(name), name);
  return builder.build();
}
