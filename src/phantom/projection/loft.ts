import type { Material } from "./primitive.js";
import { dot } from "./vector.js";
import { beamAt, type Raster, type View } from "./view.js";

/** One horizontal section of a loft: an ellipse of half width (x) and half depth (y) about (x, y), at height z. */
export interface Section {
  readonly z: number;
  readonly x: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly halfDepth: number;
}

/** A body of elliptic horizontal sections, for shapes too large and smooth for quadrics: trunk, neck, fat. */
export interface Loft {
  /** From the lowest to the highest; between them sections are interpolated. */
  readonly sections: readonly Section[];
  readonly material: Material;
}

/** Visits the pixels whose ray crosses the loft. Rays are parallel to the central one, magnified as at the loft's axis. */
export function visitLoft(loft: Loft, view: View, raster: Raster, sink: (pixel: number, chordMm: number) => void): void {
  const { sections } = loft;
  const low = sections[0]!;
  const high = sections[sections.length - 1]!;
  const { magnification } = beamAt(view, [view.isocenter[0], low.y, view.isocenter[2]]);
  const [dx, dy] = [view.direction[0], view.direction[1]];
  const step = raster.spacingMm / magnification;
  const base = dot(view.isocenter, view.right);
  for (let row = 0; row < raster.height; row++) {
    const z = view.isocenter[2] - (raster.topMm + (row + 0.5) * raster.spacingMm) / magnification;
    if (z < low.z || z > high.z) continue;
    const section = sectionAt(sections, z);
    const [a2, b2] = [1 / (section.halfWidth * section.halfWidth), 1 / (section.halfDepth * section.halfDepth)];
    const a = dx * dx * a2 + dy * dy * b2;
    const start = base + raster.leftMm / magnification - (section.x * view.right[0] + section.y * view.right[1]);
    const across = view.right[0] * view.right[0] * a2 + view.right[1] * view.right[1] * b2;
    const mixed = dx * view.right[0] * a2 + dy * view.right[1] * b2;
    // Half chord squared: ((mixed s)² - a (across s² - 1)) / a², with s the distance across the beam.
    const curvature = (mixed * mixed - a * across) / (a * a);
    const reach = Math.sqrt(-1 / (a * curvature));
    const first = Math.max(0, Math.ceil((-reach - start) / step - 0.5));
    const last = Math.min(raster.width - 1, Math.floor((reach - start) / step - 0.5));
    for (let k = first; k <= last; k++) {
      const s = start + (k + 0.5) * step;
      const squared = curvature * s * s + 1 / a;
      if (squared > 0) sink(row * raster.width + k, 2 * Math.sqrt(squared));
    }
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
