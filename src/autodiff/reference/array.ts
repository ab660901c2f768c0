import { type DataType, InternalError, sizeOf, type Tensor, zeros } from "../../base/index.js";

/** A tensor whose elements are computed with in float64, whatever element type the graph gives it. */
export interface NumericArray {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** An array of zeros, or around the given elements. */
export function arrayOf(shape: readonly number[], data?: Float64Array, dtype: DataType = "float32"): NumericArray {
  const size = sizeOf(shape);
  if (data && data.length !== size) {
    throw new InternalError("tensor-size", `array: expected ${size} elements for [${shape.join(", ")}], got ${data.length}.`);
  }
  return { dtype, shape, data: data ?? new Float64Array(size) };
}

/** Widens a tensor. */
export function fromTensor(tensor: Tensor): NumericArray {
  const data = Float64Array.from(tensor.data as Iterable<number | bigint>, Number);
  return { dtype: tensor.dtype, shape: tensor.shape, data };
}

/** Rounds an array to the element type that the graph gives it. */
export function toTensor(array: NumericArray): Tensor {
  const tensor = zeros(array.dtype, array.shape);
  const target = tensor.data as { [index: number]: number | bigint };
  const isBig = array.dtype === "int64";
  for (const [i, value] of array.data.entries()) target[i] = isBig ? BigInt(value) : value;
  return tensor;
}

/** The elements as plain numbers, for axes, shapes and indices. */
export function numbersOf(array: NumericArray): number[] {
  return Array.from(array.data);
}

/** Step in the flat data for one step along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** Calls visit(position) for every position of a shape in row-major order; the position array is reused. */
export function forEachPosition(shape: readonly number[], visit: (position: readonly number[]) => void): void {
  const position = shape.map(() => 0);
  for (let left = sizeOf(shape); left > 0; left--) {
    visit(position);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++position[axis]! < shape[axis]!) break;
      position[axis] = 0;
    }
  }
}

/** Flat index of a position. */
export function flatIndex(position: readonly number[], strides: readonly number[]): number {
  let index = 0;
  for (const [axis, stride] of strides.entries()) index += position[axis]! * stride;
  return index;
}

/** Shape that all given shapes broadcast to. */
export function broadcastShape(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const extents = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const extent = extents.find((n) => n !== 1) ?? 1;
    if (extents.some((n) => n !== 1 && n !== extent)) {
      throw new InternalError("broadcast", `broadcast: expected shapes that agree, got ${JSON.stringify(shapes)}.`);
    }
    return extent;
  });
}

/** The array repeated to a larger shape. */
export function broadcastTo(array: NumericArray, shape: readonly number[]): NumericArray {
  if (array.shape.length === shape.length && shape.every((n, axis) => n === array.shape[axis])) return array;
  const own = stridesOf(array.shape);
  const extra = shape.length - array.shape.length;
  const strides = shape.map((_, axis) => (axis >= extra && array.shape[axis - extra] !== 1 ? own[axis - extra]! : 0));
  const result = arrayOf(shape, undefined, array.dtype);
  let next = 0;
  forEachPosition(shape, (position) => {
    result.data[next++] = array.data[flatIndex(position, strides)]!;
  });
  return result;
}
