import { seededRandom, type Random } from "../../base/index.js";
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
 * exposure vary. Without a name every image is from anywhere.
 */
export function sampleAcquisition(random: Random, view: ViewName, hospital?: string): Acquisition {
  const house = hospital === undefined ? random.fork("house") : seededRandom("hospital", hospital);
  // The middle of a hospital's range, with a quarter of the whole range around it.
  const around = (low: number, high: number): number => {
    const middle = house.between(low, high);
    return Math.min(high, Math.max(low, middle + (hospital === undefined ? 0 : random.between(-0.125, 0.125) * (high - low))));
  };
  const film = house.uniform() < 0.08;
  const dose = Math.exp(around(Math.log(2500), Math.log(14000)));
  return {
    detectorQuantaPerMm2: dose,
    scatterShare: around(0.15, 0.5),
    blurMm: around(0.2, 0.5),
    electronicQuanta: around(2, 6),
    processing: {
      // Lateral views span more thickness, so that their programs equalize more.
      equalize: view.endsWith("lateral") ? around(0.72, 0.9) : around(0.35, 0.7),
      slowMm: view.endsWith("lateral") ? around(18, 28) : around(28, 40),
      edgeGain: around(0.3, 1.3),
      detailMm: around(3, 6),
      window: [around(0.02, 0.06), around(0.996, 0.9995)],
      gamma: around(1, 1.5),
    },
    grid: house.uniform() < 0.12 ? { periodMm: around(0.4, 0.9), depth: around(0.01, 0.04) } : undefined,
    collimation: house.uniform() < 0.3 ? { sides: random.between(0, 0.08), ends: random.between(0, 0.04) } : { sides: 0, ends: 0 },
    inverted: house.uniform() < 0.02,
    film,
    circledMarker: house.uniform() < 0.4,
  };
}
