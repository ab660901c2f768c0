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
    const plane = height * width;
    const line = new Float32Array(Math.max(height, width) + kernel.length - 1);
    for (let base = 0; base < pixels.length; base += plane) {
      for (let row = 0; row < height; row++) smoothLine(pixels, base + row * width, 1, width, kernel, line);
      for (let column = 0; column < width; column++) smoothLine(pixels, base + column, width, height, kernel, line);
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

function smoothLine(pixels: Float32Array, start: number, step: number, count: number, kernel: Float32Array, line: Float32Array): void {
  const radius = (kernel.length - 1) / 2;
  line.fill(pixels[start]!, 0, radius);
  for (let i = 0, at = start; i < count; i++, at += step) line[radius + i] = pixels[at]!;
  line.fill(line[radius + count - 1]!, radius + count, count + 2 * radius);
  for (let i = 0, at = start; i < count; i++, at += step) {
    let sum = 0;
    for (let k = 0; k < kernel.length; k++) sum += kernel[k]! * line[i + k]!;
    pixels[at] = sum;
  }
}
