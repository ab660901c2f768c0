import type { Random } from "../../base/index.js";
import type { PlacedVertebra } from "../anatomy/alignment.js";
import { posteriorWall } from "../anatomy/alignment.js";
import { boneOf, cylinder, ellipsoid, type Primitive } from "../projection/primitive.js";
import { smoothCurve, tube } from "../projection/tube.js";
import { placeIn, subframe, worldFrame, type Vec3 } from "../projection/vector.js";

/** Things on or in a patient that the beam meets. Metal counts as several times the bone. */
export const objectNames = ["jewelry", "ecg-leads", "implants"] as const;
export type ObjectName = (typeof objectNames)[number];

const steel = boneOf(9);
const titanium = boneOf(4.5);

export function buildObject(name: ObjectName, spine: readonly PlacedVertebra[], random: Random): Primitive[] {
  if (name === "jewelry") return buildNecklace(spine, random);
  if (name === "ecg-leads") return buildLeads(spine, random);
  return buildRods(spine, random);
}

function buildNecklace(spine: readonly PlacedVertebra[], random: Random): Primitive[] {
  const neck = spine.find((v) => v.level === "T1")!.frame.origin;
  const at = (x: number, y: number, z: number): Vec3 => [neck[0] + x, neck[1] + y, neck[2] + z];
  const drop = random.between(-90, -45);
  const chain = smoothCurve([at(-62, 20, 30), at(-60, -30, 12), at(-30, -90, drop * 0.6), at(0, -104, drop), at(30, -90, drop * 0.6), at(60, -30, 12), at(62, 20, 30)], 6);
  const parts = tube(chain, { radius: [0.7, 0.7], wall: steel, towards: [0.2, 0.3, 0.9] });
  if (random.uniform() < 0.6) parts.push(ellipsoid({ ...worldFrame, origin: at(0, -104, drop - 6) }, [4, 1, 6], steel));
  return parts;
}

function buildLeads(spine: readonly PlacedVertebra[], random: Random): Primitive[] {
  const chest = spine.find((v) => v.level === "T6")!.frame.origin;
  const at = (x: number, y: number, z: number): Vec3 => [chest[0] + x, chest[1] + y, chest[2] + z];
  const ends: readonly Vec3[] = [at(-85, -110, 60), at(85, -110, 60), at(90, -110, -60)];
  const exit = at(random.between(-40, 40), -140, -230);
  return ends.flatMap((end) => {
    const middle: Vec3 = [(end[0] + exit[0]) / 2 + random.between(-25, 25), end[1] - 10, (end[2] + exit[2]) / 2];
    const wire = tube(smoothCurve([end, middle, exit], 8), { radius: [0.8, 0.8], wall: boneOf(5), towards: [0.2, 0.95, 0.1] });
    return [...wire, ellipsoid({ ...worldFrame, origin: end }, [6, 1.2, 6], boneOf(2.5)), ellipsoid({ ...worldFrame, origin: end }, [2.5, 2, 2.5], steel)];
  });
}

/** Pedicle screws at three lumbar levels with a rod on each side. */
function buildRods(spine: readonly PlacedVertebra[], random: Random): Primitive[] {
  const first = 1 + random.integer(2);
  const fused = spine.slice(first, first + 3);
  return [-1, 1].flatMap((side) => {
    const heads: Vec3[] = [];
    const screws = fused.flatMap(({ frame, size }) => {
      const x = (side * size.pedicleSpan) / 2;
      const wall = posteriorWall(size);
      const entry = subframe(frame, [x * 1.1, wall + 6, size.height * 0.18], [90, 0, side * -10]);
      heads.push(placeIn(frame, [x * 1.25, wall + 36, size.height * 0.18]));
      return [cylinder(entry, [3, 3, 24], titanium)];
    });
    return [...screws, ...heads.map((origin) => ellipsoid({ ...worldFrame, origin }, [6, 6, 6], titanium)), ...tube(heads, { radius: [2.9, 2.9], wall: titanium, towards: [0, 1, 0] })];
  });
}
