import { exp, log } from "./portable-math.js";

/** Layers of equal area under exp(-x² / 2), the lowest with the tail beyond `rightmost`. */
const layers = 128;
const rightmost = 3.442619855899;
const area = 9.91256303526217e-3;
/** Right ends of the layers, and each as a share of the one below it. */
const ends = new Float64Array(layers + 1);
const shares = new Float64Array(layers);
let height = exp(-0.5 * rightmost * rightmost);
ends[0] = area / height;
ends[1] = rightmost;
for (let i = 2; i < layers; i++) {
  ends[i] = Math.sqrt(-2 * log(area / ends[i - 1]! + height));
  height = exp(-0.5 * ends[i]! * ends[i]!);
}
for (let i = 0; i < layers; i++) shares[i] = ends[i + 1]! / ends[i]!;

/**
 * A standard normal number from uniform 32-bit integers: two of them in 98 of 100 cases.
 * @see Marsaglia and Tsang 2000, J Stat Softw 5(8); layer and position from different integers as Doornik 2005 asks
 */
export function drawNormal(next: () => number): number {
  for (;;) {
    const u = next() / 2147483648 - 1;
    const layer = next() & (layers - 1);
    const end = ends[layer]!;
    if (Math.abs(u) < shares[layer]!) return u * end;
    if (layer === 0) return u < 0 ? -drawTail(next) : drawTail(next);
    const x = u * end;
    const inner = ends[layer + 1]!;
    const [low, high] = [exp(-0.5 * (end * end - x * x)), exp(-0.5 * (inner * inner - x * x))];
    if (high + (next() / 4294967296) * (low - high) < 1) return x;
  }
}

/** A normal number beyond `rightmost`. */
function drawTail(next: () => number): number {
  for (;;) {
    // 1 - u lies in (0, 1], so that the logarithms are finite.
    const x = log(1 - next() / 4294967296) / rightmost;
    const y = log(1 - next() / 4294967296);
    if (-2 * y >= x * x) return rightmost - x;
  }
}
