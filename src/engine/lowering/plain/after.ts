import type { GraphBuilder } from "../../../graph/index.js";
import type { Lowering } from "../contract.js";

/**
 * The same memory under the same shape, once `awaited` is there. The runtime runs a node as soon as its inputs are known,
 * and takes nodes of equal inputs for one: so the shape is made to depend on a number of `awaited`, times 0.
 */
export function afterValue(builder: GraphBuilder, value: string, awaited: string): string {
  const shape = builder.staticShape(value);
  const flat = builder.op("Reshape", [awaited, builder.constant([-1])]);
  const first = builder.op("Slice", [flat, builder.constant([0]), builder.constant([1]), builder.constant([0])]);
  // Whatever the number is, as a whole number it is finite.
  const nothing = builder.op("Mul", [builder.op("Cast", [first], { to: int64Code }), builder.constant([0])]);
  const extents = builder.op("Add", [nothing, builder.constant(shape)]);
  const name = `${extents}/value`;
  const node = { name, op: "Reshape", domain: "", inputs: [value, extents], outputs: [name], attributes: {} };
  builder.append(node, new Map([[name, { dtype: builder.dtype(value), shape }]]));
  return name;
}

/** ONNX's number of the type int64. */
const int64Code = 7;

export const after: Lowering = ({ builder, inputs: [x, dy] }) => [afterValue(builder, x!, dy!)];

/** Left as it is: which reads there are is known once everything else is written. */
export const afterReads: Lowering = ({ builder, inputs: [x, w] }) => [builder.op("AfterReads", [x!, w!])];
