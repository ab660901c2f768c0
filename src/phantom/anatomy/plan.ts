import type { CoronalShape } from "./alignment.js";
import type { Level } from "./dimensions.js";

/** A fractured body. `loss` is the share of height lost, 0..1. */
export interface Fracture {
  readonly kind: "wedge" | "biconcave" | "crush";
  readonly loss: number;
}

/** A tumor in a vertebra. */
export interface Lesion {
  readonly kind: "lytic" | "sclerotic";
  /** Half axes along the body's x, y and z. */
  readonly halfMm: readonly [number, number, number];
  /** Center in the body's frame. */
  readonly atMm: readonly [number, number, number];
  /** Names the random stream of its septa or clouds. */
  readonly seed: string;
}

/** What is changed at one level. */
export interface LevelChange {
  /** How far this vertebra and all above stand forward of the one below; negative is backward. */
  readonly slipMm?: number;
  /** Share of the disc's height below that is left, 0..1. */
  readonly discShare?: number;
  /** Width of the gap in both partes interarticulares. */
  readonly parsGapMm?: number;
  /** The arch behind the gap does not follow the slip. */
  readonly archStays?: boolean;
  /** Bulk and sclerosis of the facet joints with the vertebra below, 0 to 1. */
  readonly facetArthrosis?: number;
  /** Added to the angle between the endplates: the body is lower behind. */
  readonly trapezoidDeg?: number;
  readonly fracture?: Fracture;
  /** Extra cortical bone above the lower endplate, and length of osteophytes at its rim; the same at the upper endplate. */
  readonly sclerosis?: number;
  readonly osteophyteMm?: number;
  readonly upperSclerosis?: number;
  readonly upperOsteophyteMm?: number;
  /** Height of a gas cleft in the disc below. */
  readonly vacuumMm?: number;
  readonly lesion?: Lesion;
}

/** Everything a condition changes about a spine. */
export interface SpinePlan {
  readonly shape: CoronalShape;
  readonly changes: Readonly<Partial<Record<Level, LevelChange>>>;
  /** Added to the subject's lordosis: negative in flexion. */
  readonly lordosisChangeDeg: number;
}
