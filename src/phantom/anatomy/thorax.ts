import { cos, sin } from "../../base/index.js";
import { boneOf, type Primitive } from "../projection/primitive.js";
import { smoothCurve, tube } from "../projection/tube.js";
import { add, placeIn, type Vec3 } from "../projection/vector.js";
import type { PlacedVertebra } from "./alignment.js";
import type { Subject } from "./subject.js";

/** Half width of the rib cage at each rib, and how far the front end lies below the head, millimetres (Kindig and Kent 2013; Wang et al. 2016, J Biomech). */
const ribTable = [
  [58, 34, 0.62], [78, 48, 0.66], [93, 62, 0.7], [104, 78, 0.72], [112, 92, 0.74], [118, 106, 0.75],
  [122, 118, 0.74], [124, 122, 0.7], [124, 118, 0.64], [121, 104, 0.55], [114, 72, 0.4], [98, 46, 0.27],
] as const;

/** Half width of the bony thorax at a rib (1 to 12). */
export function thoraxHalfWidth(subject: Subject, rib: number): number {
  return ribTable[rib - 1]![0] * ribScale(subject);
}

function ribScale(subject: Subject): number {
  return subject.boneWidth * (0.35 + 0.65 * subject.stature) * (0.93 + 0.003 * subject.bmi);
}

/** Twelve pairs of ribs, each a bent tube from its vertebra round to the front, with the clavicles and the sternum. */
export function buildThorax(spine: readonly PlacedVertebra[], subject: Subject): Primitive[] {
  const parts: Primitive[] = [];
  const wide = ribScale(subject);
  const bone = boneOf(0.72);
  const core = boneOf(subject.trabecular * 0.8 - 0.72);
  for (let rib = 1; rib <= 12; rib++) {
    const vertebra = spine.find((v) => v.level === `T${rib}`)!;
    const [halfWidth, drop, length] = ribTable[rib - 1]!;
    const depth = (60 + 52 * sin((Math.min(rib, 9) / 9) * 1.4)) * wide;
    for (const side of [-1, 1] as const) {
      const points = ribCurve({ vertebra, side, halfWidth: halfWidth * wide, depth, drop: drop * subject.stature, length });
      const radius: readonly [number, number] = rib === 1 ? [4.2, 7] : [6.2, 3.6];
      const end = points.length - 3;
      parts.push(...tube(points.slice(0, end + 1), { radius, wallMm: 0.95, wall: bone, core, towards: [0, 0, 1] }));
      // The front end passes into cartilage.
      parts.push(...tube(points.slice(end), { radius: [radius[0] * 0.9, radius[1] * 0.9], wall: boneOf(0.09), towards: [0, 0, 1] }));
    }
  }
  parts.push(...buildShoulder(spine, subject, wide));
  return parts;
}

/** Neck of the rib outward and back, then round the side, downward and forward. */
function ribCurve(o: { vertebra: PlacedVertebra; side: -1 | 1; halfWidth: number; depth: number; drop: number; length: number }): Vec3[] {
  const { vertebra, side, halfWidth, depth, drop, length } = o;
  const { frame, size } = vertebra;
  const head = placeIn(frame, [side * 0.48 * size.upperWidth, 0.3 * size.upperDepth, 0.32 * size.height]);
  const points: Vec3[] = [head];
  // An ellipse about a center in front of the vertebra; the whole rib turns half as much as its vertebra does.
  const turn = frame.x[1] * 0.7;
  const steps = 15;
  const span = length * 3.6;
  for (let i = 1; i <= steps; i++) {
    const t = 0.42 + (span - 0.42) * (i / steps);
    const x = side * halfWidth * sin(t);
    const y = -depth * 0.62 + depth * cos(t) + 14;
    const z = -drop * (0.5 - 0.5 * cos(Math.min(t, 3.1))) * 1.15 - 6 * sin(t);
    points.push(add(head, [x - side * 0.48 * size.upperWidth, y + x * turn, z + x * frame.x[2] * 0.5]));
  }
  return points;
}

function buildShoulder(spine: readonly PlacedVertebra[], subject: Subject, wide: number): Primitive[] {
  const top = spine.find((v) => v.level === "T2")!.frame.origin;
  const parts: Primitive[] = [];
  for (const side of [-1, 1]) {
    const at = (x: number, y: number, z: number): Vec3 => [top[0] + side * x * wide, top[1] + y, top[2] + z * subject.stature];
    const clavicle = smoothCurve([at(16, -88, -34), at(50, -86, -18), at(95, -58, -2), at(140, -28, 8)], 4);
    parts.push(...tube(clavicle, { radius: [6, 6], wallMm: 1.6, wall: boneOf(0.7), core: boneOf(0.15 - 0.7), towards: [0, 1, 0] }));
    const blade = smoothCurve([at(150, 20, 0), at(112, 52, -50), at(92, 62, -95), at(104, 58, -135)], 4);
    parts.push(...tube(blade, { radius: [3, 4.5], wall: boneOf(0.5), towards: [0, 1, 0] }));
    const outer = smoothCurve([at(152, 12, -8), at(136, 40, -70), at(106, 58, -135)], 4);
    parts.push(...tube(outer, { radius: [3.5, 4.5], wall: boneOf(0.5), towards: [0, 1, 0] }));
  }
  const sternum: Vec3[] = [0, 1, 2, 3].map((i) => [top[0], top[1] - 92 - 10 * i, top[2] - 30 - 45 * i]);
  parts.push(...tube(sternum, { radius: [16, 5], wallMm: 1.15, wall: boneOf(0.5), core: boneOf(0.1 - 0.5), towards: [1, 0, 0] }));
  return parts;
}
