import type { DataType, Tensor, TensorStorage } from "../../base/index.js";
import { UnsupportedError, bytesPerElement, halfToNumber, tensor, viewOf } from "../../base/index.js";

/** Element types of weight files: ours, and bfloat16, which is widened to float32 when read. */
export type ElementType = DataType | "bfloat16";

export function bytesPerStoredElement(type: ElementType): number {
  return type === "bfloat16" ? 2 : bytesPerElement(type);
}

/** A tensor over fresh little-endian bytes; bfloat16 becomes the float32 of the same value. */
export function tensorFromBytes(type: ElementType, shape: readonly number[], bytes: Uint8Array<ArrayBuffer>): Tensor {
  const n = bytes.byteLength / bytesPerStoredElement(type);
  if (type === "bfloat16") {
    const halves = viewOf("uint16", bytes.buffer, bytes.byteOffset, n);
    const bits = new Uint32Array(n);
    for (let i = 0; i < n; i++) bits[i] = halves[i]! << 16;
    return tensor("float32", shape, new Float32Array(bits.buffer));
  }
  return tensor(type, shape, viewOf(type, bytes.buffer, bytes.byteOffset, n));
}

/**
 * The same values as float32: float16 exactly, float64 rounded to the nearest.
 * @throws UnsupportedError `weights-not-float` for integers, which are no weights
 */
export function toFloat32(value: Tensor, name: string): Tensor<"float32"> {
  if (value.dtype === "float32") return value as Tensor<"float32">;
  if (value.dtype === "float64") {
    return tensor("float32", value.shape, Float32Array.from(value.data as TensorStorage["float64"]));
  }
  if (value.dtype === "float16") {
    return tensor("float32", value.shape, Float32Array.from(value.data as TensorStorage["float16"], halfToNumber));
  }
  throw new UnsupportedError("weights-not-float", `${name}: expected floating point values, got ${value.dtype}.`);
}
