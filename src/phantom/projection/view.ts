import { dot, scale, subtract, type Vec3 } from "./vector.js";

/** How the beam passes through the patient. Image axes and direction are orthonormal. */
export interface View {
  /** Direction of image columns, left to right. */
  readonly right: Vec3;
  /** Direction of image rows, top to bottom. */
  readonly down: Vec3;
  /** Direction of the central ray, from the tube to the detector. */
  readonly direction: Vec3;
  /** Point that is imaged at its true size; the central ray passes through it. */
  readonly isocenter: Vec3;
  /** Distance from the focal spot to the isocenter; Infinity is a parallel beam. */
  readonly sourceMm: number;
}

/** Pixel raster in the isocenter's plane; (left, top) is the outer corner of the first pixel. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly spacingMm: number;
  readonly leftMm: number;
  readonly topMm: number;
}

/** Patient's right on the left of the image, as radiographs are hung. */
export function frontalView(isocenter: Vec3, sourceMm: number): View {
  return { right: [1, 0, 0], down: [0, 0, -1], direction: [0, 1, 0], isocenter, sourceMm };
}

/** The patient faces the left of the image. */
export function lateralView(isocenter: Vec3, sourceMm: number): View {
  return { right: [0, 1, 0], down: [0, 0, -1], direction: [1, 0, 0], isocenter, sourceMm };
}

/** Where a point falls on the image (millimetres right of and below the isocenter), and how the beam meets it there. */
export interface Beam {
  readonly u: number;
  readonly v: number;
  readonly magnification: number;
  /** Unit direction of the ray through the point. */
  readonly direction: Vec3;
}

export function beamAt(view: View, point: Vec3): Beam {
  const rel = subtract(point, view.isocenter);
  const [u, v, w] = [dot(rel, view.right), dot(rel, view.down), dot(rel, view.direction)];
  if (view.sourceMm === Infinity) return { u, v, magnification: 1, direction: view.direction };
  const depth = view.sourceMm + w;
  const magnification = view.sourceMm / depth;
  const source = scale(view.direction, -view.sourceMm);
  const ray = subtract(rel, source);
  return { u: u * magnification, v: v * magnification, magnification, direction: scale(ray, 1 / Math.sqrt(dot(ray, ray))) };
}

/** Pixel coordinates (column, row; centers at .5) of a point. */
export function pixelOf(view: View, raster: Raster, point: Vec3): [number, number] {
  const { u, v } = beamAt(view, point);
  return [(u - raster.leftMm) / raster.spacingMm, (v - raster.topMm) / raster.spacingMm];
}
