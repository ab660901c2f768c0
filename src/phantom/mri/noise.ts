import { exp, type Random, sin } from "../../base/index.js";
import { gaussianBlur } from "../acquisition/blur.js";

/** Magnitude of a real signal with normal noise in both channels: sqrt((s + n1)² + n2²) (Gudbjartsson and Patz 1995, Magn Reson Med 34:910). */
export function addRicianNoise(signal: Float32Array, sigma: number, random: Random): void {
  for (let i = 0; i < signal.length; i++) {
    const [re, im] = [signal[i]! + sigma * random.normal(), sigma * random.normal()];
    signal[i] = Math.sqrt(re * re + im * im);
  }
}

/** Smooth sensitivity of a surface coil behind the back: brightest at the back, falling by the given share to the front, with a slow wave. */
export function applyBias(signal: Float32Array, width: number, height: number, { fall, random }: { fall: number; random: Random }): void {
  const [phase, waves] = [random.between(0, 6.283), random.between(0.5, 1.2)];
  for (let r = 0; r < height; r++) {
    const along = 1 + 0.08 * sin((6.283 * waves * r) / height + phase);
    for (let k = 0; k < width; k++) signal[r * width + k]! *= along * (1 - fall * (1 - (k + 0.5) / width));
  }
}

/** Ghosts of motion along the phase direction (rows): weak copies moved by a fraction of the field, wrapped around. */
export function addGhosts(signal: Float32Array, width: number, height: number, { strength, shiftPx }: { strength: number; shiftPx: number }): void {
  const source = signal.slice();
  const shift = Math.round(shiftPx);
  for (let r = 0; r < height; r++) {
    const [up, down] = [((r - shift) % height + height) % height, (r + shift) % height];
    for (let k = 0; k < width; k++) {
      const ghost = (source[up * width + k]! + source[down * width + k]!) / 2;
      signal[r * width + k] = (1 - strength) * source[r * width + k]! + strength * ghost;
    }
  }
}

/** Smooth noise of mean 0 and deviation 1: the texture of a tissue. */
export function smoothNoise(width: number, height: number, sigmaPx: number, random: Random): Float32Array {
  const white = new Float32Array(width * height);
  for (let i = 0; i < white.length; i++) white[i] = random.normal();
  const smooth = gaussianBlur(white, width, height, Math.max(0.5, sigmaPx));
  let squares = 0;
  for (let i = 0; i < smooth.length; i++) squares += smooth[i]! * smooth[i]!;
  const gain = Math.sqrt(smooth.length / squares);
  for (let i = 0; i < smooth.length; i++) smooth[i]! *= gain;
  return smooth;
}

/** A saturation band laid over the belly against its motion: left of the edge the given share of the signal is left. */
export function saturateFront(signal: Float32Array, width: number, height: number, { edgePx, left }: { edgePx: number; left: number }): void {
  const soft = width * 0.02;
  for (let k = 0; k < width; k++) {
    const share = left + (1 - left) / (1 + exp((edgePx - k) / soft));
    for (let r = 0; r < height; r++) signal[r * width + k]! *= share;
  }
}
