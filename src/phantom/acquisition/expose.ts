import { exp, type Random } from "../../base/index.js";
import type { PathLengths } from "../projection/project.js";
import { blurSmooth, gaussianBlur } from "./blur.js";

/**
 * Four energies stand for an 85 kVp spectrum behind the table's filter, weighted as an energy-integrating detector
 * absorbs them. Linear attenuation per millimetre of water and of ICRU-44 cortical bone (1.92 g/cm³).
 * @see Hubbell and Seltzer, NIST Standard Reference Database 126, at 40, 50, 60 and 80 keV
 */
export const spectrum = {
  weight: [0.2, 0.36, 0.29, 0.15],
  water: [0.02683, 0.02269, 0.02059, 0.01837],
  bone: [0.12778, 0.08145, 0.06044, 0.0428],
} as const;

/** Share of the beam left after the given path, between 0 and 1: the spectrum's mean of exp(-water - bone). */
export function transmission(waterMm: number, boneMm: number): number {
  let sum = 0;
  for (let e = 0; e < 4; e++) sum += spectrum.weight[e]! * exp(-spectrum.water[e]! * waterMm - spectrum.bone[e]! * boneMm);
  return sum;
}

export interface Exposure {
  /** Detected quanta per square millimetre where nothing is in the beam. */
  readonly quantaPerMm2: number;
  /** Scatter that reaches the detector behind the grid, as a share of the locally averaged primary. */
  readonly scatterShare: number;
  /** Standard deviation of the blur by focal spot and detector. */
  readonly blurMm: number;
  /** Electronic noise per pixel, in quanta. */
  readonly electronicQuanta: number;
}

/**
 * Detected quanta per pixel. Primary and scatter are blurred, quanta follow Poisson's law (a normal number of the same
 * variance above 30 quanta), electronic noise is normal: variance = mean + electronicQuanta².
 */
export function expose(paths: PathLengths, exposure: Exposure, random: Random): Float32Array {
  const { width, height, spacingMm } = paths.raster;
  const open = exposure.quantaPerMm2 * spacingMm * spacingMm;
  const primary = new Float32Array(width * height);
  for (let i = 0; i < primary.length; i++) primary[i] = open * transmission(paths.waterMm[i]!, paths.boneMm[i]!);
  const sigmaPx = exposure.blurMm / spacingMm;
  // Below a fifth of a pixel the kernel's neighbors weigh less than 4e-6.
  const sharp = sigmaPx < 0.2 ? primary : gaussianBlur(primary, width, height, sigmaPx);
  const scatter = blurSmooth(limitTo(primary, open * 0.3), width, height, 45 / spacingMm);
  const { scatterShare, electronicQuanta } = exposure;
  const electronicVariance = electronicQuanta * electronicQuanta;
  const detected = new Float32Array(width * height);
  for (let i = 0; i < detected.length; i++) {
    const mean = sharp[i]! + scatterShare * scatter[i]!;
    // The sum of two normal numbers is one whose variances add.
    if (mean > 30) detected[i] = mean + Math.sqrt(mean + electronicVariance) * random.normal();
    else detected[i] = poisson(mean, random) + electronicQuanta * random.normal();
  }
  return detected;
}

/** The open beam beside the patient scatters little: it counts at most as much as a thin part. */
function limitTo(image: Float32Array, limit: number): Float32Array {
  const limited = new Float32Array(image.length);
  for (let i = 0; i < image.length; i++) limited[i] = Math.min(image[i]!, limit);
  return limited;
}

function poisson(mean: number, random: Random): number {
  const limit = exp(-mean);
  let product = random.uniform();
  let count = 0;
  while (product > limit) {
    product *= random.uniform();
    count++;
  }
  return count;
}
