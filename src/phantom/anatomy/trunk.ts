import { cos, type Random, sin } from "../../base/index.js";
import type { Loft, Section } from "../projection/loft.js";
import { ellipsoid, overlap, waterOf, type Primitive } from "../projection/primitive.js";
import { subframe, worldFrame, type Vec3 } from "../projection/vector.js";
import type { PlacedVertebra } from "./alignment.js";
import { bounded, type Subject } from "./subject.js";
import { thoraxHalfWidth } from "./thorax.js";

/** Skin and fat, muscle, lungs, heart, diaphragm, liver, kidneys, psoas and bowel. */
export function buildTrunk(spine: readonly PlacedVertebra[], subject: Subject, random: Random): { lofts: Loft[]; primitives: Primitive[] } {
  const fat = Math.max(4, 6 + (subject.bmi - 18) * 1.9);
  const muscle = outline(spine, subject);
  const skin = muscle.map((s) => ({ ...s, halfWidth: s.halfWidth + fat * 0.9, halfDepth: s.halfDepth + fat * 0.8 }));
  const lofts: Loft[] = [
    { sections: skin, material: waterOf(0.92) },
    { sections: muscle, material: waterOf(0.1) },
  ];
  return { lofts, primitives: [...buildChest(spine, subject), ...buildAbdomen(spine, subject, random)] };
}

/** Outline of the trunk within the fat, from the thighs to the head. */
function outline(spine: readonly PlacedVertebra[], subject: Subject): Section[] {
  const at = (level: string): Vec3 => spine.find((v) => v.level === level)!.frame.origin;
  const s = subject.boneWidth * (0.5 + 0.5 * subject.stature);
  const section = (p: Vec3, dz: number, front: number, halfWidth: number, halfDepth: number): Section => ({
    z: p[2] + dz, x: p[0] * 0.6, y: p[1] - front * s, halfWidth: halfWidth * s, halfDepth: halfDepth * s,
  });
  const rib8 = thoraxHalfWidth(subject, 8) / s;
  const [s1, l4, l2, t11, t7, t3, t1, c7, c5, c3] = ["S1", "L4", "L2", "T11", "T7", "T3", "T1", "C7", "C5", "C3"].map(at) as [Vec3, Vec3, Vec3, Vec3, Vec3, Vec3, Vec3, Vec3, Vec3, Vec3];
  return [
    section(s1, -330, 10, 150, 80),
    section(s1, -150, 20, 158, 98),
    section(s1, -40, 18, 150, 104),
    section(l4, 10, 10, 132, 98),
    section(l2, 10, 14, 126, 98),
    section(t11, 0, 30, rib8 * 1.02, 106),
    section(t7, 0, 36, rib8 * 1.06, 110),
    section(t3, 0, 24, 158, 84),
    section(t1, 0, 14, 126, 66),
    section(c7, 14, 12, 70, 55),
    section(c5, 0, 18, 54, 54),
    section(c3, 0, 26, 58, 62),
    section(c3, 60, 40, 72, 84),
    section(c3, 130, 40, 76, 90),
  ];
}

function buildChest(spine: readonly PlacedVertebra[], subject: Subject): Primitive[] {
  const at = (level: string): Vec3 => spine.find((v) => v.level === level)!.frame.origin;
  const apex = at("T2");
  const base = at("T12");
  const mid = at("T7");
  const [w, h] = [thoraxHalfWidth(subject, 7), (apex[2] - base[2]) / 2];
  const parts: Primitive[] = [];
  const center: Vec3 = [mid[0] * 0.6, mid[1] - 56, (apex[2] + base[2]) / 2 - 4];
  const lungAir = -0.72;
  const lung = (side: number): { frame: typeof worldFrame; half: Vec3 } => ({
    frame: subframe({ ...worldFrame, origin: center }, [side * w * 0.52, 4, 0], [6, side * 7, 0]),
    half: [w * 0.46, 78, h * 1.1],
  });
  const heart = { frame: subframe({ ...worldFrame, origin: center }, [w * 0.22, -26, -h * 0.38], [0, 35, 0]), half: [w * 0.42, 46, h * 0.38] as Vec3 };
  for (const side of [-1, 1]) {
    const air = lung(side);
    parts.push(ellipsoid(air.frame, air.half, waterOf(lungAir)));
    const dome = {
      frame: subframe({ ...worldFrame, origin: center }, [side * w * 0.55, -8, -h * (side < 0 ? 1.02 : 1.1)]),
      half: [w * 0.66, 105, h * 0.5] as Vec3,
    };
    parts.push(overlap(air, dome, waterOf(-lungAir)));
    parts.push(overlap(air, heart, waterOf(-lungAir)));
    // Vessels of the hilum, thinning outward.
    for (let i = 0; i < 5; i++) {
      const angle = -1.2 + i * 0.6;
      const root = subframe({ ...worldFrame, origin: center }, [side * (w * 0.3 + 20 * cos(angle)), 0, h * 0.12 + 34 * sin(angle)], [0, -side * (angle * 57.3), 0]);
      parts.push(ellipsoid(root, [30, 6, 3.4], waterOf(0.4)));
    }
  }
  // Trachea, aorta with its arch.
  parts.push(ellipsoid(subframe({ ...worldFrame, origin: apex }, [0, -34, 8], [-14, 0, 0]), [8, 8, 70], waterOf(-0.95)));
  parts.push(ellipsoid(subframe({ ...worldFrame, origin: mid }, [18, -18, 10]), [13, 13, h * 0.9], waterOf(0.35)));
  return parts;
}

function buildAbdomen(spine: readonly PlacedVertebra[], subject: Subject, random: Random): Primitive[] {
  const at = (level: string): Vec3 => spine.find((v) => v.level === level)!.frame.origin;
  const [l1, l3, s1] = [at("L1"), at("L3"), at("S1")];
  const s = subject.boneWidth * (0.5 + 0.5 * subject.stature);
  const place = (p: Vec3, local: Vec3, turn: Vec3 = [0, 0, 0]) => subframe({ ...worldFrame, origin: p }, [local[0] * s, local[1] * s, local[2] * s], turn);
  const parts: Primitive[] = [
    ellipsoid(place(l1, [-62, -30, 22], [0, 24, 0]), [64 * s, 62 * s, 58 * s], waterOf(0.05)),
    ellipsoid(place(l1, [78, 2, 36], [0, -18, 0]), [26 * s, 40 * s, 52 * s], waterOf(0.05)),
  ];
  for (const side of [-1, 1]) {
    parts.push(ellipsoid(place(l3, [side * 38, 4, 4], [8, -side * 13, 0]), [17 * s, 19 * s, 84 * s], waterOf(0.09)));
    parts.push(ellipsoid(place(l1, [side * 62, 10, -16], [0, -side * 14, 0]), [25 * s, 20 * s, 52 * s], waterOf(0.07)));
  }
  const pocket = (center: Vec3, at: Vec3, half: Vec3, share: number): void => {
    parts.push(ellipsoid(place(center, at, [40 * bounded(random), 60 * bounded(random), 40 * bounded(random)]), half, waterOf(-share)));
  };
  // Stomach bubble under the left dome.
  if (random.uniform() < 0.7) {
    const at: Vec3 = [60 + 6 * bounded(random), -58, 52];
    for (let lobe = 0; lobe < 4; lobe++) pocket(l1, [at[0] + 9 * bounded(random), at[1] + 7 * bounded(random), at[2] + 4 * bounded(random)], [18 + 8 * random.uniform(), 17, 11], 0.28);
  }
  // Colon: haustra of gas along a frame around the abdomen, with stool between them, and gas in the pelvis.
  const runs = 3 + random.integer(7);
  for (let i = 0; i < runs; i++) {
    const t = random.uniform();
    const [where, along]: [Vec3, Vec3] = t < 0.35 ? [[-92 + 8 * bounded(random), -44 + 12 * bounded(random), -30 - 80 * random.uniform()], [2, 4, 12]]
      : t < 0.6 ? [[88 + 8 * bounded(random), -40 + 12 * bounded(random), 20 - 120 * random.uniform()], [-2, 4, 12]]
      : t < 0.85 ? [[70 * bounded(random) * 0.7, -82 + 8 * bounded(random), -40 * random.uniform()], [12, 3, 4]]
      : [[26 * bounded(random), -36 + 8 * bounded(random), -190 + 22 * bounded(random)], [9, -5, 6]];
    const center = t < 0.85 ? l1 : [s1[0], s1[1], s1[2] + 110] as Vec3;
    const [r, lobes] = [6 + 6 * random.uniform(), 4 + random.integer(5)];
    for (let lobe = 0; lobe < lobes; lobe++) {
      const step = (lobe - lobes / 2) * (0.35 + r * 0.045);
      const offset = [0, 1, 2].map((c) => where[c]! + along[c]! * step * (1 + 0.15 * bounded(random)) + r * 0.22 * bounded(random)) as unknown as Vec3;
      pocket(center, offset, [r * random.between(0.6, 1.1), r * random.between(0.6, 1), r * random.between(0.5, 1)], random.between(0.2, 0.5));
      // Bubbles in stool are small and many.
      if (lobe % 2 === 0) pocket(center, [offset[0] + r * bounded(random), offset[1] + r * bounded(random), offset[2] + r * bounded(random)], [3, 3, 2.4], 0.6);
    }
  }
  return parts;
}
