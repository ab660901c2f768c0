import { boneOf, ellipsoid, type Primitive } from "../projection/primitive.js";
import { subframe } from "../projection/vector.js";
import { anteriorReach, endplateLine, posteriorWall, type PlacedVertebra } from "./alignment.js";

/** Sclerosis under the lower endplate and osteophytes around its rim, toward the disc below. */
export function buildDegeneration(placed: PlacedVertebra, body: Primitive): Primitive[] {
  const { frame, size, change } = placed;
  const parts: Primitive[] = [];
  const { z } = endplateLine(placed, -1);
  if (change.sclerosis !== undefined && change.sclerosis > 0) {
    const zone = ellipsoid(subframe(frame, [0, -2, z]), [size.lowerWidth * 0.42, size.lowerDepth * 0.42, 6], boneOf(change.sclerosis));
    parts.push({ ...zone, quadrics: [...zone.quadrics, ...body.quadrics], cuts: body.cuts });
  }
  const spur = change.osteophyteMm ?? 0;
  if (spur > 0) {
    const front = anteriorReach(size, -1);
    const rim: readonly (readonly [number, number])[] = [[0, -front - spur * 0.3], [-size.lowerWidth * 0.48, -4], [size.lowerWidth * 0.48, -4], [0, posteriorWall(size) + spur * 0.1]];
    for (const [i, [x, y]] of rim.entries()) {
      const out = i === 3 ? 0.5 : 1;
      const half = [x === 0 ? 9 : spur * 0.8 + 2, x === 0 ? spur * 0.8 * out + 2 : 9, 2.4] as const;
      parts.push(ellipsoid(subframe(frame, [x, y, z + 0.5], [x === 0 ? (y < 0 ? 14 : -14) : 0, Math.sign(x) * 14, 0]), half, boneOf(0.42)));
    }
  }
  return parts;
}
