import { tensor, type Tensor } from "./tensor.js";

/** Value of a 16-bit IEEE float from its bits. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The whole number next to a number; of two equally near ones the even one. */
function roundToEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  return low + (rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? 1 : 0);
}

/** Bits of the 16-bit IEEE float next to a number; of two equally near ones the even one, from 65,520 on infinity. */
export function numberToHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  // Below the smallest normal number steps stay 2^-24 apart.
  const exponent = size < 2 ** -14 ? -14 : Math.floor(Math.log2(size));
  // A carry out of the ten bits of the fraction moves on to the exponent by itself.
  return sign | (((exponent + 14) << 10) + roundToEven(size * 2 ** (10 - exponent)));
}

/** The nearest 16-bit floats of a tensor of float32. */
export function toHalf({ shape, data }: Tensor<"float32">): Tensor<"float16"> {
  return tensor("float16", shape, Uint16Array.from(data, numberToHalf));
}
