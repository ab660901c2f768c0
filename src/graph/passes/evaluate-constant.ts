import { sizeOf, zeros } from "../../base/index.js";
import type { DataType, Tensor } from "../../base/index.js";
import type { Node } from "../model.js";
import type { OperatorName } from "../operators/index.js";

/** A node with one output whose inputs are all constant. */
export interface ConstantNode {
  readonly node: Node;
  readonly inputs: readonly Tensor[];
  /** Type of the result, as inferred. */
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

type Numbers = { [index: number]: number | bigint };
type Evaluate = (constant: ConstantNode) => Tensor | undefined;

/** Steps in the input's data for one step along each axis of the result; 0 where the input is stretched. */
function broadcastStrides(shape: readonly number[], result: readonly number[]): number[] {
  const strides = result.map(() => 0);
  let stride = 1;
  for (let i = 1; i <= shape.length; i++) {
    const extent = shape[shape.length - i]!;
    if (extent !== 1) strides[result.length - i] = stride;
    stride *= extent;
  }
  return strides;
}

/** Position in each operand for every element of the result, in row-major order. */
function visit(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
  at: (index: number, offsets: readonly number[]) => void,
): void {
  const index = shape.map(() => 0);
  const offsets = strides.map(() => 0);
  const size = sizeOf(shape);
  for (let i = 0; i < size; i++) {
    at(i, offsets);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const isCarried = index[axis] === shape[axis]! - 1;
      const steps = isCarried ? -index[axis]! : 1;
      index[axis]! += steps;
      for (const [k, stride] of strides.entries()) offsets[k]! += steps * stride[axis]!;
      if (!isCarried) break;
    }
  }
}

function copied({ inputs, dtype, shape }: ConstantNode, strides: readonly number[]): Tensor {
  const source = inputs[0]!.data as Numbers;
  const result = zeros(dtype, shape);
  visit(shape, [strides], (i, [offset]) => ((result.data as Numbers)[i] = source[offset!]!));
  return result;
}

/** The same elements in the inferred shape. */
const reshaped: Evaluate = ({ inputs, dtype, shape }) => ({ dtype, shape, data: inputs[0]!.data });

/**
 * Arithmetic that IEEE 754 defines to the last bit, so that the runtime would have found the same: the exact result of
 * two float32 in double precision, rounded once more when it is stored, is the float32 result.
 */
function arithmetic(compute: (a: number, b: number) => number): Evaluate {
  return ({ inputs, dtype, shape }) => {
    if (dtype !== "float32" && dtype !== "float64") return undefined;
    const [a, b] = [inputs[0]!, inputs[1] ?? inputs[0]!];
    const result = zeros(dtype, shape);
    visit(shape, [broadcastStrides(a.shape, shape), broadcastStrides(b.shape, shape)], (i, [p, q]) => {
      (result.data as Numbers)[i] = compute(Number(a.data[p!]), Number(b.data[q!]));
    });
    return result;
  };
}

const cast: Evaluate = ({ inputs, dtype, shape }) => {
  const from = inputs[0]!;
  const isFloat = (type: DataType): boolean => type === "float32" || type === "float64";
  if (!isFloat(dtype) || !(isFloat(from.dtype) || /^u?int/.test(from.dtype))) return undefined;
  const result = zeros(dtype, shape);
  (result.data as Float32Array).set(Array.from(from.data as Iterable<number | bigint>, Number));
  return result;
};

const transpose: Evaluate = (constant) => {
  const { shape } = constant.inputs[0]!;
  const strides = shape.map((_, i) => sizeOf(shape.slice(i + 1)));
  const order = constant.node.attributes["perm"]?.value as readonly number[] | undefined;
  return copied(constant, order === undefined ? strides.toReversed() : order.map((axis) => strides[axis]!));
};

const constantOfShape: Evaluate = ({ node, dtype, shape }) => {
  const result = zeros(dtype, shape);
  const value = node.attributes["value"];
  if (value?.kind === "tensor") (result.data as { fill(item: unknown): void }).fill(value.value.data[0]);
  return result;
};

/** Operators that are evaluated while a graph is built. Any other is left to the runtime. */
export const evaluators: Readonly<Partial<Record<OperatorName, Evaluate>>> = {
  Add: arithmetic((a, b) => a + b),
  Sub: arithmetic((a, b) => a - b),
  Mul: arithmetic((a, b) => a * b),
  Div: arithmetic((a, b) => a / b),
  Neg: arithmetic((a) => -a),
  Abs: arithmetic(Math.abs),
  Identity: reshaped,
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Transpose: transpose,
  Expand: (constant) => copied(constant, broadcastStrides(constant.inputs[0]!.shape, constant.shape)),
  Cast: cast,
  ConstantOfShape: constantOfShape,
};
