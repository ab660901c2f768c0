import { exp } from "../../base/index.js";

/** Relaxation times in milliseconds and proton density relative to water. */
export interface Tissue {
  readonly t1Ms: number;
  readonly t2Ms: number;
  readonly protonDensity: number;
}

/**
 * Tissues at 1.5 tesla, rounded. Stanisz et al. 2005, Magn Reson Med 54:507 (muscle, cord, cartilage); de Bazelaire et al.
 * 2004, Radiology 230:652 (marrow, fat, muscle at 1.5 T); Rooney et al. 2007 (CSF); nucleus and annulus by Pfirrmann grade after
 * Marinelli et al. 2009, Spine 34:520 and Perry et al. 2006 (T2 falls from about 140 to 50 ms).
 * T2 of fat and marrow is the effective one of a train of fast echoes, in which fat stays bright (Henkelman et al. 1992, J Magn Reson Imaging 2:533).
 */
export const tissues = {
  air: { t1Ms: 1000, t2Ms: 1, protonDensity: 0 },
  fat: { t1Ms: 290, t2Ms: 85, protonDensity: 0.95 },
  muscle: { t1Ms: 1010, t2Ms: 40, protonDensity: 0.8 },
  marrow: { t1Ms: 550, t2Ms: 70, protonDensity: 0.72 },
  cortex: { t1Ms: 500, t2Ms: 3, protonDensity: 0.12 },
  ligament: { t1Ms: 600, t2Ms: 8, protonDensity: 0.3 },
  fluid: { t1Ms: 3800, t2Ms: 1200, protonDensity: 1 },
  flow: { t1Ms: 3800, t2Ms: 160, protonDensity: 0.85 },
  vein: { t1Ms: 1400, t2Ms: 150, protonDensity: 0.8 },
  nerve: { t1Ms: 850, t2Ms: 78, protonDensity: 0.75 },
  vessel: { t1Ms: 1400, t2Ms: 4, protonDensity: 0.15 },
  bowel: { t1Ms: 900, t2Ms: 60, protonDensity: 0.7 },
  annulus: { t1Ms: 800, t2Ms: 24, protonDensity: 0.5 },
  "nucleus-1": { t1Ms: 1350, t2Ms: 150, protonDensity: 0.92 },
  "nucleus-2": { t1Ms: 1250, t2Ms: 115, protonDensity: 0.88 },
  "nucleus-3": { t1Ms: 1100, t2Ms: 78, protonDensity: 0.8 },
  "nucleus-4": { t1Ms: 950, t2Ms: 48, protonDensity: 0.7 },
  "nucleus-5": { t1Ms: 800, t2Ms: 28, protonDensity: 0.55 },
} as const satisfies Record<string, Tissue>;

/** How much the signal of a tissue varies within it, as a share: trabeculae and fat in marrow, fibers and fat in muscle. */
export const textureOf: Partial<Record<TissueName, number>> = { marrow: 0.12, muscle: 0.2, fat: 0.06, bowel: 0.25, fluid: 0.03, nerve: 0.05, annulus: 0.15 };

export type TissueName = keyof typeof tissues;
export const tissueNames = Object.keys(tissues) as TissueName[];

/** Repetition and echo time of a spin-echo sequence. */
export interface Sequence {
  readonly trMs: number;
  readonly teMs: number;
}

export const sequences = {
  t1: { trMs: 550, teMs: 12 },
  t2: { trMs: 3600, teMs: 100 },
} as const satisfies Record<string, Sequence>;

export type SequenceName = keyof typeof sequences;

/**
 * Spin-echo signal: protonDensity (1 - exp(-TR / T1)) exp(-TE / T2), between 0 and 1.
 * @see Hahn 1950, Phys Rev 80:580; Bernstein, King and Zhou 2004, Handbook of MRI Pulse Sequences, ch. 14.3
 */
export function spinEchoSignal({ t1Ms, t2Ms, protonDensity }: Tissue, { trMs, teMs }: Sequence): number {
  return protonDensity * (1 - exp(-trMs / t1Ms)) * exp(-teMs / t2Ms);
}
