import { pow } from "../../base/index.js";
import type { ChordSink } from "./chords.js";
import type { Material } from "./primitive.js";
import { dot } from "./vector.js";
import { beamAt, type Raster, type View } from "./view.js";

/** One horizontal section of a loft: a rounded shape of half width and half depth about (x, y), at height z. */
export interface Section {
  readonly z: number;
  readonly x: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly halfDepth: number;
}

/** A body of rounded horizontal sections, for shapes too large and smooth for quadrics: trunk, neck, fat. */
export interface Loft {
  /** From the lowest to the highest; between them sections are interpolated. */
  readonly sections: readonly Section[];
  readonly material: Material;
}

/** Sections are a little squarer than ellipses: |x/a|^n + |y/b|^n <= 1. */
const squareness = 2.5;
const profileSteps = 2048;
/** Half chord of the unit section at the distance i / profileSteps from its middle. */
const profile = Float64Array.from({ length: profileSteps + 2 }, (_, i) => pow(Math.max(0, 1 - pow(i / profileSteps, squareness)), 1 / squareness));

/**
 * Visits the pixels whose ray crosses the loft, for a beam straight through the front or the side. Rays are parallel to the
 * central one, magnified as at the loft's axis.
 */
export function visitLoft(loft: Loft, view: View, raster: Raster, sink: ChordSink): void {
  const { sections } = loft;
  const chords = new Float32Array(raster.width);
  const low = sections[0]!;
  const high = sections[sections.length - 1]!;
  const { magnification } = beamAt(view, [view.isocenter[0], low.y, view.isocenter[2]]);
  const frontal = Math.abs(view.direction[1]) > Math.abs(view.direction[0]);
  const step = raster.spacingMm / magnification;
  const start = dot(view.isocenter, view.right) + (raster.leftMm + raster.spacingMm / 2) / magnification;
  for (let row = 0; row < raster.height; row++) {
    const z = view.isocenter[2] - (raster.topMm + (row + 0.5) * raster.spacingMm) / magnification;
    if (z < low.z || z > high.z) continue;
    const section = sectionAt(sections, z);
    const [across, along] = frontal ? [section.halfWidth, section.halfDepth] : [section.halfDepth, section.halfWidth];
    const middle = section.x * view.right[0] + section.y * view.right[1];
    const first = Math.max(0, Math.ceil((middle - across - start) / step));
    const last = Math.min(raster.width - 1, Math.floor((middle + across - start) / step));
    const perStep = profileSteps / across;
    for (let k = first; k <= last; k++) {
      const at = Math.abs(start + k * step - middle) * perStep;
      const cell = Math.min(profileSteps, Math.floor(at));
      chords[k - first] = 2 * along * (profile[cell]! + (at - cell) * (profile[cell + 1]! - profile[cell]!));
    }
    if (last >= first) sink(row * raster.width + first, last - first + 1, chords);
  }
}

/** The section at height z, eased so that the outline has no corners. */
export function sectionAt(sections: readonly Section[], z: number): Section {
  let i = 0;
  while (i + 2 < sections.length && sections[i + 1]!.z < z) i++;
  const p = [sections[Math.max(0, i - 1)]!, sections[i]!, sections[i + 1]!, sections[Math.min(sections.length - 1, i + 2)]!] as const;
  const t = (z - p[1].z) / (p[2].z - p[1].z);
  const ease = (key: "x" | "y" | "halfWidth" | "halfDepth"): number => {
    const span = p[2].z - p[1].z;
    const m1 = ((p[2][key] - p[0][key]) / (p[2].z - p[0].z)) * span;
    const m2 = ((p[3][key] - p[1][key]) / (p[3].z - p[1].z)) * span;
    const [t2, t3] = [t * t, t * t * t];
    return (2 * t3 - 3 * t2 + 1) * p[1][key] + (t3 - 2 * t2 + t) * m1 + (3 * t2 - 2 * t3) * p[2][key] + (t3 - t2) * m2;
  };
  return { z, x: ease("x"), y: ease("y"), halfWidth: Math.max(1, ease("halfWidth")), halfDepth: Math.max(1, ease("halfDepth")) };
}
