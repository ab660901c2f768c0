import { atan } from "../../base/index.js";
import { boneOf, ellipsoid, waterOf, type Primitive } from "../projection/primitive.js";
import { tube } from "../projection/tube.js";
import { degrees, placeIn, subframe, type Vec3 } from "../projection/vector.js";
import { anteriorReach, endplateLine, posteriorWall, type PlacedVertebra } from "./alignment.js";
import type { Level } from "./dimensions.js";
import { levels } from "./dimensions.js";
import type { LevelChange, SpinePlan } from "./plan.js";

/** What a worn disc does to the disc and to the endplates on both sides. */
export interface DiscWear {
  /** Share of the disc's height that is left. */
  readonly discShare: number;
  readonly sclerosis: number;
  readonly osteophyteMm: number;
  readonly vacuumMm?: number;
}

/** Changes with the disc under a level worn: sclerosis and osteophytes stand on both sides of it. */
export function wearDisc(changes: SpinePlan["changes"], level: Level, { discShare, sclerosis, osteophyteMm, vacuumMm }: DiscWear): Partial<Record<Level, LevelChange>> {
  const below = levels[levels.indexOf(level) - 1]!;
  return {
    ...changes,
    [level]: { ...changes[level], discShare, sclerosis, osteophyteMm, ...(vacuumMm === undefined ? {} : { vacuumMm }) },
    [below]: { ...changes[below], upperSclerosis: sclerosis * 0.85, upperOsteophyteMm: osteophyteMm * 0.8 },
  };
}

/** Sclerosis under the endplates, osteophytes around their rims, and gas in the disc below (vacuum phenomenon, Knutsson 1942, Acta Radiol 23:173). */
export function buildDegeneration(placed: PlacedVertebra, body: Primitive): Primitive[] {
  const { frame, size, change } = placed;
  const parts = [...worn(placed, body, -1, change.sclerosis ?? 0, change.osteophyteMm ?? 0), ...worn(placed, body, 1, change.upperSclerosis ?? 0, change.upperOsteophyteMm ?? 0)];
  if (change.vacuumMm !== undefined) {
    const { z } = endplateLine(placed, -1);
    for (const [x, y, half] of [[-6, -7, 12], [7, 1, 11]] as const) {
      parts.push(ellipsoid(subframe(frame, [x, y, z - size.discBelow / 2]), [half, half * 0.8, change.vacuumMm / 2], waterOf(-1)));
    }
  }
  return parts;
}

function worn(placed: PlacedVertebra, body: Primitive, end: 1 | -1, sclerosis: number, spurMm: number): Primitive[] {
  const { frame, size } = placed;
  const parts: Primitive[] = [];
  const { slope, z } = endplateLine(placed, end);
  const [width, depth] = end > 0 ? [size.upperWidth, size.upperDepth] : [size.lowerWidth, size.lowerDepth];
  const lean = degrees(atan(slope));
  if (sclerosis > 0) {
    const zone = ellipsoid(subframe(frame, [0, -2, z - 2 * slope], [lean, 0, 0]), [width * 0.44, depth * 0.46, 3 + 14 * sclerosis], boneOf(sclerosis));
    parts.push({ ...zone, quadrics: [...zone.quadrics, ...body.quadrics], cuts: body.cuts });
  }
  if (spurMm <= 0) return parts;
  // A spur leaves the rim outward and turns toward the disc; its base runs along the rim.
  const front = -anteriorReach(size, end);
  const back = posteriorWall(size);
  const at = (x: number, y: number, off: number): Vec3 => placeIn(frame, [x, y, z + slope * y + end * off]);
  const spur = (from: Vec3, middle: Vec3, to: Vec3, radius: readonly [number, number]): void => {
    parts.push(...tube([from, middle, to], { radius, wall: boneOf(0.38), towards: frame.z }));
  };
  spur(at(0, front + 3, -3.5), at(0, front - 0.45 * spurMm, -1.2), at(0, front - 1.05 * spurMm, 0.5), [1.7, 9]);
  for (const side of [-1, 1]) {
    const x = (side * width) / 2;
    spur(at(x - side * 2.5, -2, -3.5), at(x + side * 0.45 * spurMm, -3, -1.2), at(x + side * 1.05 * spurMm, -3, 0.5), [1.7, 7]);
  }
  parts.push(ellipsoid(subframe(frame, [0, back + spurMm * 0.1, z + slope * back - end * 0.5]), [11, spurMm * 0.4 + 1.2, 2], boneOf(0.45)));
  return parts;
}
