import type { Shape } from "../contract/basics.js";

/** Outlines of a case's region, as the table had them. */
export function boxesToShapes({ polygons }: { readonly polygons: string | null }): { shapes?: Shape[] } {
  if (polygons === null) return {};
  return { shapes: (JSON.parse(polygons) as [number, number][][]).map((points) => ({ kind: "polygon", points })) };
}
