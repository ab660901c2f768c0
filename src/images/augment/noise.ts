import type { PhotometricAugmentation } from "./contract.js";

/** Adds independent Gaussian noise whose standard deviation is uniform in [0, maxStd]. */
export const noise: PhotometricAugmentation = {
  kind: "photometric",
  title: "Gaussian noise",
  summary: "Adds independent Gaussian noise whose standard deviation is uniform in [0, maxStd]; the same noise in every color plane.",
  reference: "Bishop, Neural Computation 7, 1995, doi 10.1162/neco.1995.7.1.108",
  parameter: { name: "maxStd", unit: "share of the full range", minimum: 0, maximum: 0.5, identity: 0, suggested: 0.02 },
  apply(pixels, maxStd, random, { height, width }) {
    const std = random.between(0, maxStd);
    const steps = normalQuantiles();
    const plane = height * width;
    for (let i = 0; i < plane; i += 2) {
      // One draw of 32 bits serves two pixels.
      const draw = random.integer(4294967296);
      add(pixels, plane, i, std * steps[draw >>> 16]!);
      if (i + 1 < plane) add(pixels, plane, i + 1, std * steps[draw & 0xffff]!);
    }
  },
};

function add(pixels: Float32Array, plane: number, at: number, step: number): void {
  for (let i = at; i < pixels.length; i += plane) pixels[i]! += step;
}

let table: Float32Array | undefined;

/**
 * Quantiles of the standard normal distribution at (i + 0.5) / 65536: a uniform choice among them is normal noise (up to
 * 4.3 deviations) at a fraction of the cost of logarithms per pixel. Midpoint sums of the density, made once.
 */
function normalQuantiles(): Float32Array {
  if (table !== undefined) return table;
  table = new Float32Array(65536);
  const width = 1e-4;
  let x = 0;
  let above = 0.5;
  for (let i = 32768; i < 65536; i++) {
    const wanted = (i + 0.5) / 65536;
    let slice = normalDensity(x + width / 2) * width;
    while (above + slice < wanted) {
      above += slice;
      x += width;
      slice = normalDensity(x + width / 2) * width;
    }
    table[i] = x + ((wanted - above) / slice) * width;
    table[65535 - i] = -table[i]!;
  }
  return table;
}

function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}
