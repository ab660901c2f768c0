import { halfToNumber, tensor, type Tensor } from "../../base/index.js";
import { dataTypeCode, dataTypeOf } from "../data-type.js";
import { GraphBuilder } from "../graph-builder.js";
import type { Attribute, Graph, Node, ValueInfo } from "../model.js";
import { operatorOf, type OperatorName } from "../operators/index.js";
import type { PassResult } from "./contract.js";

/** What moves or chooses elements: rounded numbers stay what they are. */
const exact: ReadonlySet<OperatorName | undefined> = new Set<OperatorName>([
  "Abs", "After", "Clip", "ClipGradient", "Concat", "Expand", "Flatten", "Gather", "Identity", "Max", "MaxPool", "Min", "Neg", "Pad", "Relu", "ReluGradient",
  "Reshape", "Slice", "Split", "Squeeze", "Tile", "Transpose", "Unsqueeze", "Where",
]);

function widened(value: Tensor): Tensor {
  return value.dtype === "float16" ? tensor("float32", value.shape, Float32Array.from(value.data as Uint16Array, halfToNumber)) : value;
}

function widenedAttributes({ attributes }: Node): Node["attributes"] {
  return Object.fromEntries(Object.entries(attributes).map(([name, attribute]): [string, Attribute] => [name, attribute.kind === "tensor" ? { ...attribute, value: widened(attribute.value) } : attribute]));
}

/**
 * The same numbers without a device that computes in float16: every float16 value is held in float32, and rounded where it is computed. Sums inside an
 * operator are so taken in float32, as matrix units do. A runtime that has no float16 operators of its own leaves out the casts between those that it
 * converts, and with them the rounding; pairs of casts that the graph asks for it keeps.
 */
export function emulateHalf(graph: Graph): PassResult {
  if (![...graph.values.values()].some(({ dtype }) => dtype === "float16")) return { graph, modified: false };
  const builder = GraphBuilder.from({ ...graph, initializers: new Map([...graph.initializers].map(([name, value]) => [name, widened(value)])), nodes: [], outputs: [] });
  const isHalf = (value: string): boolean => graph.values.get(value)?.dtype === "float16";
  const stated = new Map([...graph.values].map(([name, info]): [string, ValueInfo] => [name, isHalf(name) ? { ...info, dtype: "float32" } : info]));
  const renamed = new Map<string, string>();
  const now = (value: string): string => renamed.get(value) ?? value;
  const round = (value: string, output: string): void => {
    const half = builder.op("Cast", [value], { to: dataTypeCode("float16") }, { name: `${output}/rounded`, output: `${output}/rounded` });
    builder.op("Cast", [half], { to: dataTypeCode("float32") }, { name: `${output}/widened`, output });
  };
  for (const node of graph.nodes) {
    const [input, [output]] = [node.inputs[0]!, node.outputs as [string]];
    const op = operatorOf(node);
    const inputs = node.inputs.map(now);
    if (op === "Cast" && isHalf(output)) round(inputs[0]!, output);
    else if (op === "Cast" && isHalf(input) && dataTypeOf(Number(node.attributes["to"]?.value), node.name) === "float32") renamed.set(output, inputs[0]!);
    else {
      const raw = (value: string): string => (isHalf(value) && !exact.has(op) ? `${value}/raw` : value);
      builder.append({ ...node, inputs, outputs: node.outputs.map(raw), attributes: widenedAttributes(node) }, stated);
      for (const value of node.outputs) if (raw(value) !== value) round(raw(value), value);
    }
  }
  for (const { name } of graph.outputs) {
    if (renamed.has(name)) builder.op("Identity", [now(name)], {}, { name: `${name}/single`, output: name });
    builder.output(name);
  }
  return { graph: builder.build(), modified: true };
}
