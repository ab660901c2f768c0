import { float32, halfToNumber, int64, type Tensor, UnsupportedError, zeros } from "../base/index.js";
import { dataTypeCode, type Dim, type GraphBuilder, type OperatorName } from "../graph/index.js";

type Attributes = Record<string, number | string | readonly number[] | Tensor>;

/**
 * Writes backward nodes. Its arithmetic leaves out what does nothing (a product with the constant one that every
 * backward pass begins with) and its shape changes need no static batch extent.
 */
export class Emitter {
  readonly builder: GraphBuilder;

  constructor(builder: GraphBuilder) {
    this.builder = builder;
  }

  op(op: OperatorName, inputs: readonly string[], attributes?: Attributes): string {
    return this.builder.op(op, inputs, attributes);
  }

  ops(op: OperatorName, inputs: readonly string[], attributes: Attributes, outputs: number): string[] {
    return this.builder.ops(op, inputs, attributes, { outputs });
  }

  shape(value: string): readonly Dim[] {
    return this.builder.shape(value);
  }

  rank(value: string): number {
    return this.shape(value).length;
  }

  /** A constant scalar of the same element type as `like`. */
  scalar(number: number, like: string): string {
    return this.builder.constant(number, this.builder.dtype(like));
  }

  /** A constant vector of integers (axes, shapes, permutations as inputs). */
  integers(values: readonly number[]): string {
    return this.builder.constant(values);
  }

  /** A constant whole number, as Gather wants an index. */
  integer(value: number): string {
    return this.builder.constant(int64([], [value]));
  }

  /** The integers of a constant value, or undefined where it is only known at run time. */
  constantIntegers(value: string | undefined): number[] | undefined {
    const constant = value ? this.builder.constantValue(value) : undefined;
    return constant && Array.from(constant.data as Iterable<number | bigint>, Number);
  }

  /** The number of a constant of one element. */
  constantNumber(value: string | undefined): number | undefined {
    const constant = value ? this.builder.constantValue(value) : undefined;
    if (constant?.data.length !== 1) return undefined;
    const number = Number(constant.data[0]);
    return constant.dtype === "float16" ? halfToNumber(number) : number;
  }

  /** A constant matrix in float32. */
  matrix(rows: number, columns: number, data: ArrayLike<number>): string {
    return this.builder.constant(float32([rows, columns], Float32Array.from(data)));
  }

  mul(a: string, b: string): string {
    if (this.#isScalarOne(a, b)) return b;
    if (this.#isScalarOne(b, a)) return a;
    return this.op("Mul", [a, b]);
  }

  div(a: string, b: string): string {
    return this.#isScalarOne(a, b) ? this.op("Reciprocal", [b]) : this.op("Div", [a, b]);
  }

  add(a: string, b: string): string {
    return this.op("Add", [a, b]);
  }

  sub(a: string, b: string): string {
    return this.op("Sub", [a, b]);
  }

  /** factor · value */
  scale(value: string, factor: number): string {
    if (factor === 1) return value;
    const constant = this.constantNumber(value);
    if (constant !== undefined && this.rank(value) === 0) return this.scalar(constant * factor, value);
    return factor === -1 ? this.op("Neg", [value]) : this.op("Mul", [value, this.scalar(factor, value)]);
  }

  neg(value: string): string {
    return this.scale(value, -1);
  }

  /** Sum over axes, which stay with extent 1 unless dropped. */
  sum(value: string, axes: readonly number[], keep: "keep" | "drop"): string {
    if (axes.length === 0) return value;
    return this.#inSingle(value, (wide) => this.op("ReduceSum", [wide, this.integers(axes)], { keepdims: keep === "keep" ? 1 : 0 }));
  }

  /** The same elements in the shape of another value, whatever the batch extent. */
  reshapeLike(value: string, like: string): string {
    const from = this.shape(value);
    const to = this.shape(like);
    if (from.length === to.length && from.every((n, axis) => n === to[axis])) return value;
    return this.reshape(value, to);
  }

  /** The same elements in another shape; at most one extent may be symbolic, it is found at run time. */
  reshape(value: string, shape: readonly Dim[]): string {
    return this.op("Reshape", [value, this.integers(shape.map((n) => (typeof n === "number" ? n : -1)))]);
  }

  /** Repeats `value`, of equal rank, along its axes of extent 1 until it has the shape of `like`. */
  expandLike(value: string, like: string): string {
    const from = this.shape(value);
    const to = this.shape(like);
    if (from.length === to.length && to.every((n, axis) => n === from[axis])) return value;
    const target = to.map((n, axis) => (n === from[axis] ? 1 : n));
    if (target.every((n) => typeof n === "number")) return this.op("Expand", [value, this.integers(target)]);
    return this.op("Expand", [value, this.op("Shape", [like])]);
  }

  /** The extents from an axis on, which have to be numbers (the builder's inference has seen to it for images). */
  staticTail(value: string, axis: number): number[] {
    return this.shape(value).slice(axis).map((extent) => {
      if (typeof extent === "number") return extent;
      throw new UnsupportedError(
        "no-gradient",
        `Gradient by "${value}": expected known extents from axis ${axis} on, got "${extent}". Only the first axis may be symbolic.`,
      );
    });
  }

  /** The value in the element type of another. */
  castLike(value: string, like: string): string {
    const dtype = this.builder.dtype(like);
    return dtype === this.builder.dtype(value) ? value : this.op("Cast", [value], { to: dataTypeCode(dtype) });
  }

  /** value[start:end] along each of the axes. */
  slice(value: string, axes: readonly number[], starts: readonly number[], ends: readonly number[]): string {
    return this.op("Slice", [value, this.integers(starts), this.integers(ends), this.integers(axes)]);
  }

  /** Zeros added before each axis, then after each axis; nothing where all pads are 0. */
  pad(value: string, pads: readonly number[]): string {
    return pads.every((n) => n === 0) ? value : this.op("Pad", [value, this.integers(pads)]);
  }

  /** Zeros in the shape of another value. */
  zerosLike(like: string): string {
    const shape = this.shape(like);
    const extents = shape.every((n) => typeof n === "number") ? this.integers(shape) : this.op("Shape", [like]);
    return this.op("ConstantOfShape", [extents], { value: zeros(this.builder.dtype(like), [1]) });
  }

  /** Sum over every axis but the channel axis 1: [N, C, ...] -> [C]. */
  channelSum(value: string): string {
    return this.#inSingle(value, (wide) => this.op("ChannelSum", [wide]));
  }

  /** A vector [C] seen as [C, 1, ...] so that it broadcasts against [N, C, ...]. */
  alongChannels(vector: string, like: string): string {
    const spatial = this.rank(like) - 2;
    if (spatial <= 0) return vector;
    return this.op("Unsqueeze", [vector, this.integers(Array.from({ length: spatial }, (_, i) => i + 1))]);
  }

  /** Long sums of 16-bit floats are taken in 32 bits: beside 2,048 an addend of 1 is lost. */
  #inSingle(value: string, write: (wide: string) => string): string {
    if (this.builder.dtype(value) !== "float16") return write(value);
    return this.castLike(write(this.op("Cast", [value], { to: dataTypeCode("float32") })), value);
  }

  #isScalarOne(value: string, other: string): boolean {
    return this.constantNumber(value) === 1 && this.rank(value) <= this.rank(other);
  }
}
