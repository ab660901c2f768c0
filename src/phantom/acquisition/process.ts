import { log, pow } from "../../base/index.js";
import { blurSmooth, gaussianBlur } from "./blur.js";

/** What a radiography system does between the detector and the screen. */
export interface Processing {
  /** Share of slow brightness changes taken out, 0 to 1 (dynamic range control). */
  readonly equalize: number;
  /** What counts as slow: deviation of the blur. */
  readonly slowMm: number;
  /** Gain of detail finer than `detailMm`. */
  readonly edgeGain: number;
  readonly detailMm: number;
  /** Quantiles of the patient's pixels that become black and white. */
  readonly window: readonly [number, number];
  readonly gamma: number;
}

/** Detected quanta to display values 0..1 with bone bright: logarithm, equalization, edge enhancement, window, gamma. */
export function processForDisplay(quanta: Float32Array, width: number, height: number, o: Processing & { spacingMm: number; openQuanta: number }): Float32Array {
  const count = quanta.length;
  const density = new Float32Array(count);
  for (let i = 0; i < count; i++) density[i] = log(o.openQuanta / Math.max(quanta[i]!, o.openQuanta * 1e-5));
  // Air counts as the thinnest tissue, so that equalization does not brighten the rim of the body.
  const floor = quantileOf(density, 0.25) * 0.5;
  const shown = new Float32Array(count);
  for (let i = 0; i < count; i++) shown[i] = Math.max(density[i]!, floor);
  const slow = blurSmooth(shown, width, height, o.slowMm / o.spacingMm);
  const detailPx = o.detailMm / o.spacingMm;
  // Above three pixels running means are as good as a Gaussian and do not grow with it.
  const fine = o.edgeGain === 0 ? density : (detailPx < 3 ? gaussianBlur : blurSmooth)(density, width, height, detailPx);
  const patient = new Float32Array(count);
  let size = 0;
  for (let i = 0; i < count; i++) {
    shown[i] = density[i]! - o.equalize * slow[i]! + o.edgeGain * (density[i]! - fine[i]!);
    if (density[i]! > floor) patient[size++] = shown[i]!;
  }
  const [black, white] = [0, 1].map((end) => quantileOf(patient.subarray(0, size), o.window[end as 0 | 1])) as [number, number];
  const range = Math.max(1e-6, white - black);
  for (let i = 0; i < count; i++) shown[i] = pow(Math.min(1, Math.max(0, (shown[i]! - black) / range)), o.gamma);
  return shown;
}

/** Quantile of a sample of about 4,000 evenly spaced values. */
export function quantileOf(values: Float32Array, share: number): number {
  const stride = Math.max(1, Math.floor(values.length / 4001));
  const sample = new Float32Array(Math.ceil(values.length / stride));
  for (let i = 0; i < sample.length; i++) sample[i] = values[i * stride]!;
  sample.sort();
  return sample[Math.min(sample.length - 1, Math.max(0, Math.round(share * (sample.length - 1))))]!;
}
