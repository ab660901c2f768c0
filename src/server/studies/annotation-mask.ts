import type { Shape } from "../contract/basics.js";

interface Size {
  readonly height: number;
  readonly width: number;
}

/** The region of all boxes, outlines and brushes together, [H, W] of 0 and 1; a pixel of a box belongs to it where at least half is covered. */
export async function maskOf(shapes: readonly Shape[], size: Size): Promise<Uint8Array> {
  const { boxesToMask, polygonsToMask } = await import("../../images/index.js");
  const mask = new Uint8Array(size.height * size.width);
  const add = (plane: Float32Array): void => plane.forEach((value, i) => value >= 0.5 && (mask[i] = 1));
  add(boxesToMask(shapes.flatMap((shape) => (shape.kind === "box" ? [shape.box] : [])), size));
  add(polygonsToMask(shapes.flatMap((shape) => (shape.kind === "polygon" ? [shape.points] : [])), size));
  for (const shape of shapes) {
    if (shape.kind !== "brush") continue;
    for (let i = 0; i + 1 < shape.runs.length; i += 2) mask.fill(1, shape.runs[i], Math.min(mask.length, shape.runs[i]! + shape.runs[i + 1]!));
  }
  return mask;
}

type Line = readonly (readonly [row: number, column: number])[];

/** Each shape as a line over the image; regions end where they begin. A brush has no outline: it is in the segmentation. */
export function outlinesOf(shapes: readonly Shape[]): Line[] {
  return shapes.flatMap((shape): Line[] => {
    if (shape.kind === "brush") return [];
    if (shape.kind === "polygon") return [[...shape.points, shape.points[0]!]];
    if (shape.kind !== "box") return [shape.points];
    const { row, column, height, width } = shape.box;
    return [[[row, column], [row, column + width], [row + height, column + width], [row + height, column], [row, column]]];
  });
}
