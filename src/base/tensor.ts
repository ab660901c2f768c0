import { InternalError } from "./errors.js";

/** Typed array behind each element type. float16 is stored as its 16 bits. */
export interface TensorStorage {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  /** One byte per element, 0 or 1. */
  bool: Uint8Array;
}

export type DataType = keyof TensorStorage;

/** A dense array in row-major order (last axis fastest). A scalar has shape []. */
export interface Tensor<T extends DataType = DataType> {
  readonly dtype: T;
  readonly shape: readonly number[];
  readonly data: TensorStorage[T];
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const satisfies Record<DataType, unknown>;

/** Bytes per element. */
export function bytesPerElement(dtype: DataType): number {
  return constructors[dtype].BYTES_PER_ELEMENT;
}

/**
 * Wraps data without copying it.
 * @throws InternalError `tensor-size` when the data does not fill the shape
 */
export function tensor<T extends DataType>(dtype: T, shape: readonly number[], data: TensorStorage[T]): Tensor<T> {
  if (data.length !== sizeOf(shape)) {
    throw new InternalError(
      "tensor-size",
      `tensor: expected ${sizeOf(shape)} elements for shape [${shape.join(", ")}], got ${data.length}.`,
    );
  }
  return { dtype, shape, data };
}

/** A tensor of zeros. */
export function zeros<T extends DataType>(dtype: T, shape: readonly number[]): Tensor<T> {
  return { dtype, shape, data: new constructors[dtype](sizeOf(shape)) as unknown as TensorStorage[T] };
}

/** A float32 tensor from numbers. */
export function float32(shape: readonly number[], data: Float32Array | readonly number[]): Tensor<"float32"> {
  return tensor("float32", shape, data instanceof Float32Array ? data : Float32Array.from(data));
}

/** An int64 tensor from numbers. */
export function int64(shape: readonly number[], data: readonly number[]): Tensor<"int64"> {
  return tensor("int64", shape, BigInt64Array.from(data, BigInt));
}

/** View of a typed array on an existing buffer, of the given element type. */
export function viewOf<T extends DataType>(
  dtype: T,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): TensorStorage[T] {
  return new constructors[dtype](buffer as ArrayBuffer, byteOffset, length) as unknown as TensorStorage[T];
}
