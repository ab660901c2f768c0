import type { CurveType } from "./conditions/scoliosis-curve.js";
import { makeRadiograph, type RadiographTruth } from "./radiograph.js";

export type WholeSpineCondition = "normal" | "scoliosis";

export interface WholeSpineOptions {
  readonly seed: number | string;
  /** Number of the patient; (seed, index, visit) names the image. */
  readonly index: number;
  /** Number of the visit: same anatomy and curve, another exposure, position and bowel gas. */
  readonly visit?: number;
  readonly condition: WholeSpineCondition;
  /** Height of the image in pixels; the width follows from the collimation. 16 to 4,096. */
  readonly size?: number;
  /** Range the Cobb angle is drawn from: scoliosis 10 degrees or more, normal below. */
  readonly cobbDeg?: readonly [number, number];
  readonly curveType?: CurveType;
  /** Image width / height range; the same for every condition. */
  readonly aspect?: readonly [number, number];
}

export interface WholeSpineTruth extends RadiographTruth {
  readonly label: WholeSpineCondition;
  /** 0 or 255, [H, W]: the bodies of the apical vertebra and its two neighbors; in a normal spine the relevant region. */
  readonly apex: Uint8Array;
}

export interface WholeSpineImage {
  /** Display values 0..1 with bone bright, [H, W] row-major. */
  readonly pixels: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly truth: WholeSpineTruth;
}

/**
 * A simulated whole-spine AP radiograph and its truth, digital and upright. The same options give the same pixels on every machine.
 * @throws InputError `phantom-size`, `phantom-cobb`
 */
export function makeWholeSpineAp(options: WholeSpineOptions): WholeSpineImage {
  const { truth, ...image } = makeRadiograph({ ...options, view: "whole-spine-ap", acquisition: { inverted: false, film: false } });
  return { ...image, truth: { ...truth, label: options.condition, apex: apexMask(truth) } };
}

/** Bodies of the apical vertebra and its neighbors; the relevant region where there is no curve. */
export function apexMask(truth: RadiographTruth): Uint8Array {
  if (truth.curveType === "none") return truth.region;
  const center = truth.bodies.findIndex(({ level }) => level === truth.cobb.apex) + 1;
  return truth.bodyLabels.map((label) => (label !== 0 && Math.abs(label - center) <= 1 ? 255 : 0));
}
