import { float32, int64, numberToHalf, zeros } from "../base/index.js";
import type { DataType, Tensor } from "../base/index.js";

/** Tensors up to this many elements are looked into: kept once when constant, followed when they are shapes. */
export const smallSize = 64;

/** A tensor from what a constant may be given as: a number is a float32 scalar, a list an int64 vector, unless said otherwise. */
export function constantTensor(value: Tensor | number | readonly number[], dtype?: DataType): Tensor {
  if (typeof value === "object" && "dtype" in value) return value;
  const list = typeof value === "number" ? [value] : value;
  const shape = typeof value === "number" ? [] : [value.length];
  const type = dtype ?? (typeof value === "number" ? "float32" : "int64");
  if (type === "int64") return int64(shape, list);
  if (type === "float32") return float32(shape, list);
  const filled = zeros(type, shape);
  for (const [i, item] of list.entries()) (filled.data as { [index: number]: number })[i] = type === "float16" ? numberToHalf(item) : item;
  return filled;
}

/** Equal for equal small tensors, to the bit; undefined for larger ones. */
export function contentKey({ dtype, shape, data }: Tensor): string | undefined {
  if (data.length > smallSize) return undefined;
  const items = Array.from(data as Iterable<number | bigint>, (item) => (Object.is(item, -0) ? "-0" : String(item)));
  return `${dtype}[${shape.join(",")}]${items.join(",")}`;
}
