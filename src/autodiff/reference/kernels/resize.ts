import { stringOf } from "../../attributes.js";
import { resizeMatrix } from "../../resize-matrix.js";
import { arrayOf, forEachPosition, flatIndex, type NumericArray, numbersOf, stridesOf } from "../array.js";
import { inputOf, type Kernel } from "../kernel.js";

/** result[..., o, ...] = Σ_i matrix[o, i] · array[..., i, ...] */
function multiplyAxis(array: NumericArray, axis: number, extent: number, matrix: Float64Array): NumericArray {
  const from = array.shape[axis]!;
  const result = arrayOf(array.shape.with(axis, extent));
  const strides = stridesOf(array.shape);
  let next = 0;
  forEachPosition(result.shape, (at) => {
    const start = flatIndex(at.with(axis, 0), strides);
    let sum = 0;
    for (let i = 0; i < from; i++) sum += matrix[at[axis]! * from + i]! * array.data[start + i * strides[axis]!]!;
    result.data[next++] = sum;
  });
  return result;
}

export const resizeKernels = {
  Resize: (call) => {
    const { node, inputs } = call;
    const mode = {
      mode: stringOf(node, "mode", "nearest"),
      coordinates: stringOf(node, "coordinate_transformation_mode", "half_pixel"),
      rounding: stringOf(node, "nearest_mode", "round_prefer_floor"),
    };
    const x = inputOf(call, 0);
    const scales = inputs[2]?.data.length ? numbersOf(inputs[2]) : undefined;
    const sizes = inputs[3] ? numbersOf(inputs[3]) : x.shape.map((n, axis) => Math.floor(n * scales![axis]!));
    const resized = sizes.reduce((array, extent, axis) => {
      const from = x.shape[axis]!;
      if (extent === from) return array;
      return multiplyAxis(array, axis, extent, resizeMatrix(from, extent, mode, scales?.[axis] ?? extent / from));
    }, x);
    return [resized];
  },
} as const satisfies Record<string, Kernel>;
