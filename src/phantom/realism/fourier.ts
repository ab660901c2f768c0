/**
 * Squared magnitude of the discrete Fourier transform of a square, |sum of z exp(-2 pi i (r u + k v) / n)|².
 * @param square [n, n] row-major, n a power of two
 * @returns [n, n], frequency 0 first
 * @see J. W. Cooley, J. W. Tukey, Mathematics of Computation 19, 1965; checked against the sum itself
 */
export function powerOf(square: Float64Array, n: number): Float64Array {
  const real = Float64Array.from(square);
  const imaginary = new Float64Array(n * n);
  for (let r = 0; r < n; r++) transform(real, imaginary, { start: r * n, stride: 1, n });
  for (let k = 0; k < n; k++) transform(real, imaginary, { start: k, stride: n, n });
  return real.map((value, i) => value * value + imaginary[i]! * imaginary[i]!);
}

interface Line {
  readonly start: number;
  readonly stride: number;
  readonly n: number;
}

function transform(real: Float64Array, imaginary: Float64Array, { start, stride, n }: Line): void {
  const at = (i: number): number => start + i * stride;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    for (const part of [real, imaginary]) [part[at(i)], part[at(j)]] = [part[at(j)]!, part[at(i)]!];
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    for (let m = 0; m < half; m++) {
      const [c, s] = [Math.cos((2 * Math.PI * m) / size), -Math.sin((2 * Math.PI * m) / size)];
      for (let i = m; i < n; i += size) {
        const [a, b] = [at(i), at(i + half)];
        const re = real[b]! * c - imaginary[b]! * s;
        const im = real[b]! * s + imaginary[b]! * c;
        real[b] = real[a]! - re;
        imaginary[b] = imaginary[a]! - im;
        real[a]! += re;
        imaginary[a]! += im;
      }
    }
  }
}

/** Mean of a spectrum over rings one frequency step wide, from ring 1 to n / 2 - 1; frequencies on the axes are left out, as grid lines and row noise lie there. */
export function radialMean(power: Float64Array, n: number): number[] {
  const sum = new Float64Array(n);
  const count = new Float64Array(n);
  for (let u = 1; u < n; u++) {
    for (let v = 1; v < n; v++) {
      const [fu, fv] = [u > n / 2 ? u - n : u, v > n / 2 ? v - n : v];
      const ring = Math.round(Math.sqrt(fu * fu + fv * fv));
      if (ring >= n / 2) continue;
      sum[ring]! += power[u * n + v]!;
      count[ring]!++;
    }
  }
  // Ring 1 has only the diagonal neighbors, which belong to it by rounding.
  return Array.from({ length: n / 2 - 1 }, (_, i) => sum[i + 1]! / Math.max(1, count[i + 1]!));
}

/** Hann's window over a square, scaled so that its mean square is 1: white noise keeps its power. */
export function hannSquare(n: number): Float64Array {
  const line = Array.from({ length: n }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / n) ** 2 / Math.sqrt(3 / 8));
  return Float64Array.from({ length: n * n }, (_, i) => line[Math.floor(i / n)]! * line[i % n]!);
}

/** Corners (row, column) of squares that overlap by half and cover the image but for a rest. */
export function squaresIn({ width, height }: { width: number; height: number }, n: number): [number, number][] {
  const corners: [number, number][] = [];
  for (let r = 0; r + n <= height; r += n / 2) for (let k = 0; k + n <= width; k += n / 2) corners.push([r, k]);
  return corners;
}

export function cutSquare({ pixels, width }: { pixels: Float32Array; width: number }, [row, column]: readonly [number, number], n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => pixels[(row + Math.floor(i / n)) * width + column + (i % n)]!);
}
