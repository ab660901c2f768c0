import type { Random } from "../base/index.js";
import type { PlacedVertebra } from "./anatomy/alignment.js";
import type { ViewName } from "./conditions/contract.js";
import { frontalView, lateralView, type Raster, type View } from "./projection/view.js";
import { dot, type Vec3 } from "./projection/vector.js";

export interface FramingOptions {
  readonly view: ViewName;
  /** Height in pixels. */
  readonly size: number;
  /** Range of width / height. */
  readonly aspect: readonly [number, number];
}

/** Usual ratio of width to height. Whole-spine images are narrow; both classes draw from the same range. */
export const usualAspect: Record<ViewName, readonly [number, number]> = {
  "whole-spine-ap": [0.3, 0.5],
  "whole-spine-lateral": [0.34, 0.52],
  "lumbar-ap": [0.65, 0.9],
  "lumbar-lateral": [0.65, 0.9],
};

/** Distance from the focal spot to the middle of the spine. */
export function sourceDistanceMm(view: ViewName): number {
  return view.startsWith("whole") ? 1800 : 1050;
}

/** Where the tube stands and what the detector covers. The spine from its lowest to its highest level in view always fits. */
export function frameImage(spine: readonly PlacedVertebra[], random: Random, { view: name, size, aspect }: FramingOptions): { view: View; raster: Raster } {
  const whole = name.startsWith("whole");
  const at = (level: string): Vec3 => spine.find((v) => v.level === level)!.frame.origin;
  const bottom = at("S1");
  const top = at(whole ? "C7" : "T12");
  const above = whole ? random.between(35, 110) : random.between(15, 45);
  const below = whole ? random.between(70, 150) : random.between(45, 85);
  const middle = at(whole ? "T12" : "L3");
  const build = name.endsWith("ap") ? frontalView : lateralView;
  const view = build(middle, sourceDistanceMm(name));
  const heightMm = top[2] - bottom[2] + above + below;
  const spacingMm = heightMm / size;
  const seen = spine.slice(0, spine.findIndex((v) => v.level === (whole ? "C7" : "T12")) + 1).map((v) => dot(v.frame.origin, view.right));
  const [low, high] = [Math.min(...seen), Math.max(...seen)];
  // On a lateral view the arches behind the bodies take more room than the bodies' fronts.
  const [front, back] = name.endsWith("ap") ? [45, 45] : [42, 72];
  const needed = high - low + front + back;
  const width = Math.max(Math.round(size * random.between(aspect[0], aspect[1])), Math.ceil(needed / spacingMm));
  const spare = width * spacingMm - needed;
  const share = name.endsWith("ap") ? random.between(0.4, 0.6) : random.between(0.5, 0.8);
  const left = low - front - spare * share - dot(middle, view.right);
  return { view, raster: { width, height: size, spacingMm, leftMm: left, topMm: middle[2] - top[2] - above } };
}
