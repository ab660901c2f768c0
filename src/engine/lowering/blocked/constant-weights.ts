import type { WeightShape } from "./weights.js";

/** Where the first number of each kernel lies in the blocked order, filter by filter. */
function startsOf({ filters, channels, kernel }: WeightShape, block: number): Int32Array {
  const spots = kernel[0] * kernel[1];
  // With fewer channels than a block, each is a block of its own.
  const inner = channels < block ? 1 : block;
  const starts = new Int32Array(filters * channels);
  for (let i = 0, filter = 0; filter < filters; filter++) {
    for (let channel = 0; channel < channels; channel++) {
      const blocks = Math.floor(filter / block) * channels * spots + Math.floor(channel / inner) * spots * inner + (channel % inner);
      starts[i++] = blocks * block + (filter % block);
    }
  }
  return starts;
}

/** Weights [K, C, kh, kw] in the blocked order, for weights that are known before anything runs. */
export function blockWeights(plain: Float32Array, shape: WeightShape, block: number): Float32Array {
  const spots = shape.kernel[0] * shape.kernel[1];
  const stride = shape.channels < block ? block : block * block;
  const starts = startsOf(shape, block);
  const result = new Float32Array(plain.length);
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i]!;
    for (let spot = 0; spot < spots; spot++) result[start + spot * stride] = plain[i * spots + spot]!;
  }
  return result;
}

/**
 * G W Gᵀ of every 3x3 kernel W.
 * @param plain weights [K, C, 3, 3]
 * @param rows G, n rows of 3
 * @returns n² times the weights [K, C, 1, 1] in the blocked order
 */
export function tileWeights(plain: Float32Array, { filters, channels, rows, block }: { readonly filters: number; readonly channels: number; readonly rows: readonly (readonly number[])[]; readonly block: number }): Float32Array[] {
  const factors = Float64Array.from(rows.flatMap((down) => rows.flatMap((across) => down.flatMap((p) => across.map((q) => p * q)))));
  const starts = startsOf({ filters, channels, kernel: [1, 1] }, block);
  const count = starts.length;
  const forms = new Float32Array(rows.length ** 2 * count);
  // Written out: VGG-19 has two million kernels, and a loop over nine took twice as long.
  for (let i = 0; i < count; i++) {
    const at = 9 * i;
    const [a, b, c] = [plain[at]!, plain[at + 1]!, plain[at + 2]!];
    const [d, e, f] = [plain[at + 3]!, plain[at + 4]!, plain[at + 5]!];
    const [g, h, k] = [plain[at + 6]!, plain[at + 7]!, plain[at + 8]!];
    for (let n = 0, place = starts[i]!; n < factors.length; n += 9, place += count) {
      const top = factors[n]! * a + factors[n + 1]! * b + factors[n + 2]! * c;
      const middle = factors[n + 3]! * d + factors[n + 4]! * e + factors[n + 5]! * f;
      const bottom = factors[n + 6]! * g + factors[n + 7]! * h + factors[n + 8]! * k;
      forms[place] = top + middle + bottom;
    }
  }
  return Array.from({ length: rows.length ** 2 }, (_, form) => forms.subarray(form * count, (form + 1) * count));
}
