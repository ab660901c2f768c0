import type { Case } from "../../data/index.js";
import type { Shape } from "../contract/basics.js";

/** A mask as runs over pixels in row-major order: start, length, start, length, ... */
export function runsOf(mask: ArrayLike<number>): number[] {
  const runs: number[] = [];
  let start = -1;
  for (let i = 0; i <= mask.length; i++) {
    const isInside = i < mask.length && mask[i]! > 0.5;
    if (isInside && start < 0) start = i;
    if (!isInside && start >= 0) {
      runs.push(start, i - start);
      start = -1;
    }
  }
  return runs;
}

/** The region of interest that the table knows of a case. */
export async function shapesOf({ region, boxes = [], polygons = [] }: Case): Promise<Shape[]> {
  const drawn: Shape[] = [...boxes.map((box): Shape => ({ kind: "box", box: { ...box } })), ...polygons.map((points): Shape => ({ kind: "polygon", points: points.map(([row, column]) => [row, column]) }))];
  if (region === undefined) return drawn;
  const { decodeImage } = await import("../../images/index.js");
  const mask = await decodeImage(region, { name: "region", minSide: 1 }).catch(() => undefined);
  return mask === undefined ? drawn : [{ kind: "brush", runs: runsOf(mask.pixels) }, ...drawn];
}
