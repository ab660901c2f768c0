import type { PhotometricAugmentation } from "./contract.js";

/** Gaussian blur with a standard deviation uniform in [0, maxSigmaPx]; edge values are held. */
export const blur: PhotometricAugmentation = {
  kind: "photometric",
  title: "Gaussian blur",
  summary: "Convolves with a Gaussian whose standard deviation is uniform in [0, maxSigmaPx], cut at 3 sigma; edge values are held.",
  reference: "Chen et al. (SimCLR), ICML 2020, appendix A",
  parameter: { name: "maxSigmaPx", unit: "pixels", minimum: 0, maximum: 10, identity: 0, suggested: 1 },
  apply(pixels, maxSigmaPx, random, { height, width }) {
    const kernel = gaussianKernel(random.between(0, maxSigmaPx));
    if (kernel.length === 1) return;
    for (let base = 0; base < pixels.length; base += height * width) {
      const plane = pixels.subarray(base, base + height * width);
      smoothRows(plane, width, kernel);
      smoothColumns(plane, width, kernel);
    }
  },
};

/** Weights that sum to 1, of odd length 2 ceil(3 sigma) + 1. Below 0.05 pixels nothing changes in float32 worth the work: length 1. */
function gaussianKernel(sigma: number): Float32Array {
  if (sigma < 0.05) return Float32Array.of(1);
  const radius = Math.ceil(3 * sigma);
  const kernel = Float32Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)));
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  return kernel.map((weight) => weight / sum);
}

/** Convolves along every row, in place. */
function smoothRows(plane: Float32Array, width: number, kernel: Float32Array): void {
  const radius = (kernel.length - 1) / 2;
  const line = new Float32Array(width + 2 * radius);
  for (let base = 0; base < plane.length; base += width) {
    line.fill(plane[base]!, 0, radius);
    line.set(plane.subarray(base, base + width), radius);
    line.fill(plane[base + width - 1]!, radius + width);
    for (let i = 0; i < width; i++) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k++) sum += kernel[k]! * line[i + k]!;
      plane[base + i] = sum;
    }
  }
}

/** Convolves along every column, in place: weighted sums of whole rows, which lie along memory. */
function smoothColumns(plane: Float32Array, width: number, kernel: Float32Array): void {
  const radius = (kernel.length - 1) / 2;
  const before = plane.slice();
  const last = plane.length / width - 1;
  plane.fill(0);
  for (let row = 0; row <= last; row++) {
    const target = plane.subarray(row * width, (row + 1) * width);
    for (let k = 0; k < kernel.length; k++) {
      const from = Math.min(last, Math.max(0, row + k - radius));
      const source = before.subarray(from * width, (from + 1) * width);
      const weight = kernel[k]!;
      for (let i = 0; i < width; i++) target[i]! += weight * source[i]!;
    }
  }
}
