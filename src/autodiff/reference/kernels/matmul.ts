import { floatOf, intOf } from "../../attributes.js";
import { arrayOf, broadcastShape, broadcastTo, type NumericArray } from "../array.js";
import { inputOf, type Kernel } from "../kernel.js";
import { transpose } from "./shape.js";

/** Matrix product over the last two axes with NumPy's rule for vectors and stacks. */
function multiply(left: NumericArray, right: NumericArray): NumericArray {
  const a = left.shape.length === 1 ? arrayOf([1, ...left.shape], left.data) : left;
  const b = right.shape.length === 1 ? arrayOf([...right.shape, 1], right.data) : right;
  const [m, k, n] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
  const stack = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const x = broadcastTo(a, [...stack, m, k]).data;
  const y = broadcastTo(b, [...stack, k, n]).data;
  const rows = left.shape.length === 1 ? [] : [m];
  const columns = right.shape.length === 1 ? [] : [n];
  const result = arrayOf([...stack, ...rows, ...columns]);
  for (let s = 0; s * m * n < result.data.length; s++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++) sum += x[(s * m + i) * k + l]! * y[(s * k + l) * n + j]!;
        result.data[(s * m + i) * n + j] = sum;
      }
    }
  }
  return result;
}

function swapped(matrix: NumericArray): NumericArray {
  const axes = matrix.shape.map((_, axis) => axis);
  return transpose(matrix, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
}

const scaledProduct: Kernel = (call) => {
  const { node } = call;
  const prepared = (index: number, flag: string) =>
    intOf(node, flag, 0) === 1 ? swapped(inputOf(call, index)) : inputOf(call, index);
  const product = multiply(prepared(0, "transA"), prepared(1, "transB"));
  const alpha = floatOf(node, "alpha", 1);
  const scaled = product.data.map((value) => alpha * value);
  const bias = call.inputs[2];
  if (!bias) return [arrayOf(product.shape, scaled)];
  const added = broadcastTo(bias, product.shape).data;
  const beta = floatOf(node, "beta", 1);
  return [arrayOf(product.shape, scaled.map((value, i) => value + beta * added[i]!))];
};

export const matmulKernels = {
  MatMul: (call) => [multiply(inputOf(call, 0), inputOf(call, 1))],
  Gemm: scaledProduct,
  FusedMatMul: scaledProduct,
} as const satisfies Record<string, Kernel>;
