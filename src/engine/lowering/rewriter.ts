import type { Device } from "../options.js";
import { GraphBuilder, type Graph, type Node } from "../../graph/index.js";
import { type Extents, knownShape } from "./extents.js";
import { cpuLowerings, plainLowerings } from "./plain/index.js";
import type { CompositeName, Lowering } from "./contract.js";

/** Copies a graph's inputs, with numbers for named extents, and its constants. */
export function beginCopy(graph: Graph, extents: Extents = {}): GraphBuilder {
  const builder = new GraphBuilder({ name: graph.name });
  for (const { name, dtype, shape } of graph.inputs) {
    builder.input(name, dtype, knownShape(shape, extents));
  }
  for (const [name, value] of graph.initializers) builder.initializer(name, value);
  return builder;
}

export function isComposite(node: Node): node is Node & { readonly op: CompositeName } {
  return node.domain === "ai.osteon";
}

/** Names of nodes written here can't meet names of the graph that is copied. */
export function scopeOf(node: Node): string {
  return `lowered/${node.name || node.op}`;
}

/** Writes a composite in ONNX's own operators. */
export function emitPlain(
  builder: GraphBuilder,
  node: Node & { readonly op: CompositeName },
  options: { readonly inputs: readonly string[]; readonly device: Device },
): readonly string[] {
  const special: Partial<Record<CompositeName, Lowering>> = options.device === "cpu" ? cpuLowerings : {};
  const write = special[node.op] ?? plainLowerings[node.op];
  return builder.scope(scopeOf(node), () => write({ builder, node, inputs: options.inputs }));
}

const elementwise = new Set(["Add", "Sub", "Mul", "Div", "Max", "Min", "Pow"]);

/**
 * Copies a node. A value [K, C, 1, 1] with a scalar is handed over flat: the runtime's broadcast is some thirty times
 * slower over trailing axes of extent 1.
 */
export function copyNode(builder: GraphBuilder, node: Node, inputs: readonly string[]): void {
  const whole = inputs.length === 2 && node.domain === "" && elementwise.has(node.op) ? inputs.find((value) => endsInOne(builder, value)) : undefined;
  const scalar = whole === undefined ? undefined : inputs.find((value) => value !== whole && builder.shape(value).every((n) => n === 1) && builder.shape(value).length <= 1);
  if (whole === undefined || scalar === undefined) {
    builder.append({ ...node, inputs });
    return;
  }
  builder.scope(scopeOf(node), () => {
    const shape = builder.staticShape(whole);
    const flat = builder.op("Reshape", [whole, builder.constant([-1])]);
    const [output] = node.outputs as [string];
    const result = `flat/${output}`;
    builder.append({ ...node, inputs: inputs.map((value) => (value === whole ? flat : value)), outputs: [result] });
    builder.op("Reshape", [result, builder.constant(shape)], {}, { output });
  });
}

function endsInOne(builder: GraphBuilder, value: string): boolean {
  const shape = builder.shape(value);
  return shape.length > 1 && shape.at(-1) === 1 && shape.every((n) => typeof n === "number");
}
