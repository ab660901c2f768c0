import { exp, log, seededRandom, type Random } from "../../base/index.js";
import type { ViewName } from "../conditions/contract.js";
import type { Processing } from "./process.js";

/** How an image is taken and shown; everything but the patient. */
export interface Acquisition {
  /** Quanta per square millimetre that the automatic exposure lets reach the detector behind the spine. */
  readonly detectorQuantaPerMm2: number;
  readonly scatterShare: number;
  readonly blurMm: number;
  readonly electronicQuanta: number;
  readonly processing: Processing;
  /** Lines of a still grid, where one is seen. */
  readonly grid?: { readonly periodMm: number; readonly depth: number };
  /** Margins that the collimator covers, as shares of width and height. */
  readonly collimation: { readonly sides: number; readonly ends: number };
  /** Shown with bone dark. */
  readonly inverted: boolean;
  /** A photograph of a film on a light box. */
  readonly film: boolean;
  readonly circledMarker: boolean;
}

/**
 * Draws an acquisition. A hospital's own choices (processing, grid, film, marker) are fixed by its name; those of an
 * exposure vary. Without a name every image is from anywhere. The ranges of frontal views were set by comparison with
 * real whole-spine radiographs (docs/results/simulated-and-real.md).
 */
export function sampleAcquisition(random: Random, view: ViewName, hospital?: string): Acquisition {
  const house = hospital === undefined ? random.fork("house") : seededRandom("hospital", hospital);
  // The middle of a hospital's range, with a quarter of the whole range around it.
  const around = (low: number, high: number): number => {
    const middle = house.between(low, high);
    return Math.min(high, Math.max(low, middle + (hospital === undefined ? 0 : random.between(-0.125, 0.125) * (high - low))));
  };
  const lateral = view.endsWith("lateral");
  const film = house.uniform() < 0.08;
  // 0.4 to 3.3 microgray at the detector: 30,174 quanta per mm² and microgray for the beam RQA5 (IEC 62220-1), all of them counted.
  const dose = exp(around(log(12000), log(100000)));
  return {
    detectorQuantaPerMm2: dose,
    scatterShare: around(0.15, 0.5),
    blurMm: around(0.35, 0.8),
    electronicQuanta: around(2, 6),
    processing: {
      // Lateral views span more thickness, so that their programs equalize more and cut off the overshoot at the skin.
      equalize: lateral ? around(0.72, 0.9) : around(0.5, 0.85),
      slowMm: lateral ? around(18, 28) : around(28, 40),
      edgeGain: around(0.5, 1.4),
      detailMm: around(2.5, 5),
      window: lateral ? [around(0.02, 0.06), around(0.996, 0.9995)] : [around(0, 0.005), around(0.9995, 1)],
      gamma: lateral ? around(1, 1.5) : around(1.05, 1.6),
    },
    grid: house.uniform() < 0.12 ? { periodMm: around(0.4, 0.9), depth: around(0.01, 0.04) } : undefined,
    collimation: house.uniform() < 0.3 ? { sides: random.between(0, 0.08), ends: random.between(0, 0.04) } : { sides: 0, ends: 0 },
    inverted: house.uniform() < 0.02,
    film,
    circledMarker: house.uniform() < 0.4,
  };
}
