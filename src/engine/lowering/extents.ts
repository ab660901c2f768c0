import type { Dim } from "../../graph/index.js";

/** Numbers for named extents. */
export type Extents = Readonly<Record<string, number>>;

/** A shape with numbers in place of the names that are known. */
export function knownShape(shape: readonly Dim[], extents: Extents): Dim[] {
  return shape.map((extent) => (typeof extent === "string" ? (extents[extent] ?? extent) : extent));
}
