import { boneOf, cutAt, cylinder, ellipsoid, type Primitive } from "../projection/primitive.js";
import { tube } from "../projection/tube.js";
import { add, dot, mix, placeIn, scale, subframe, subtract, type Frame, type Vec3 } from "../projection/vector.js";
import { posteriorWall, type PlacedVertebra } from "./alignment.js";
import type { Subject } from "./subject.js";

const cortical = 0.85;

/**
 * Pedicles, articular processes, partes interarticulares, laminae, transverse and spinous process. Seen from the side the
 * superior process stands before the inferior one of the vertebra above, and the pars slants backward and down between the
 * two processes of its own vertebra: the "neck of the Scottie dog".
 * @see Panjabi et al. 1992, Spine 17:299 and 1993, Spine 18:1298 (facets); canal depth 14 to 18 mm, Eisenstein 1977, J Bone Joint Surg Br 59:173
 */
export function buildArch(placed: PlacedVertebra, subject: Subject): { arch: Primitive[]; partes: Primitive[] } {
  const { size, frame, level, change } = placed;
  const lumbar = level.startsWith("L");
  const cortex = subject.cortexMm * (level.startsWith("C") ? 0.7 : 1);
  const solid = 0.42 + subject.trabecular;
  const [h, wall, canal] = [size.height, posteriorWall(size), lumbar ? 16 : 14];
  const thick = lumbar ? 1 : 0.72;
  const high = 0.18 * h;
  // An arch behind a broken pars stays where the vertebra below holds it, and stands off by the gap.
  const gap = change.parsGapMm ?? 0;
  const stays = change.archStays === true ? (change.slipMm ?? 0) : 0;
  const behind: Frame = { ...frame, origin: add(frame.origin, add(scale(frame.y, stays + 0.45 * gap), scale(frame.z, -0.5 * gap))) };
  const arch: Primitive[] = [];
  const partes: Primitive[] = [];
  for (const side of [-1, 1]) {
    const x = (side * size.pedicleSpan) / 2;
    const root = subframe(frame, [x, wall + canal * 0.32, high], [90, 0, side * (lumbar ? -8 : -3)]);
    const [pw, ph] = [size.pedicleWidth / 2, size.pedicleHeight / 2];
    arch.push(cylinder(root, [pw, ph, canal * 0.48], boneOf(cortical)));
    arch.push(cylinder(root, [pw - 1.3 * cortex, ph - 1.3 * cortex, canal * 0.48], boneOf(subject.trabecular + 0.1 - cortical)));
    const facetX = x * (lumbar ? 1.12 : 1);
    arch.push(...shelled(subframe(frame, [facetX, wall + canal * 0.82, high + 0.34 * h], [9, 0, 0]), [6 * thick, 5 * thick, 0.36 * h], solid + 0.1, solid - 0.1));
    const worn = change.facetArthrosis ?? 0;
    const lower = subframe(behind, [facetX * 0.86, wall + canal * 1.27, -0.66 * h], [-4, 0, 0]);
    arch.push(...shelled(lower, [(5.6 + 3 * worn) * thick, (4.6 + 3 * worn) * thick, (0.36 + 0.05 * worn) * h], solid + 0.15, solid - 0.08 + 0.15 * worn));
    if (worn > 0) arch.push(ellipsoid(subframe(behind, [facetX, wall + canal * 0.98, -0.8 * h], [-4, 0, 0]), [8, 4 + 2 * worn, 0.3 * h], boneOf(0.45 * worn)));
    const [start, end]: [Vec3, Vec3] = [[facetX, wall + canal * 0.86, high - 0.02 * h], [facetX * 0.88, wall + canal * 1.22, -0.46 * h]];
    partes.push(...buildPars([placeIn(frame, start), placeIn(behind, end)], { bone: solid + 0.2, thick, towards: frame.y, gapMm: gap }));
    arch.push(ellipsoid(subframe(behind, [x * 0.5, wall + canal * 1.42, -0.3 * h], [14, side * 14, side * -35]), [0.27 * size.pedicleSpan, 2.8, 0.36 * h], boneOf(solid * 0.85)));
    const tip = size.transverseSpan / 2;
    const from = Math.abs(x) + pw * 0.5;
    const process: Vec3 = [(side * (tip + from)) / 2, lumbar ? wall + canal * 0.6 : wall + canal * 0.95, high * 0.8];
    arch.push(ellipsoid(subframe(frame, process, [0, side * (lumbar ? 4 : -6), side * (lumbar ? 8 : 28)]), [(tip - from) / 2, 4.2, lumbar ? 4.5 : 5.2], boneOf(solid * 0.8)));
  }
  arch.push(...buildSpinousProcess(placed, behind, wall + canal * 1.15, subject));
  return { arch, partes };
}

/** A plate, taller at its free end, with a thick cortex about little bone. */
function buildSpinousProcess({ size, level }: PlacedVertebra, behind: Frame, frontMm: number, subject: Subject): Primitive[] {
  const lumbar = level.startsWith("L");
  const length = size.spinousLength + posteriorWall(size) - frontMm;
  const tall = (lumbar ? 0.37 : 0.27) * size.height * (level === "L5" ? 0.85 : 1);
  const hinge = subframe(behind, [0, frontMm, -0.1 * size.height], [-size.spinousSlopeDeg, 0, 0]);
  const plate = subframe(hinge, [0, length / 2, -0.22 * size.height]);
  const made = (insetMm: number, bone: number): Primitive => {
    const cuts = [
      cutAt(plate, [0, length * 0.48 - insetMm, 0], [0, 1, -0.12]),
      cutAt(plate, [0, 0, tall - insetMm], [0, -0.04, 1]),
      cutAt(plate, [0, 0, -tall + insetMm], [0, -0.2, -1]),
    ];
    return ellipsoid(plate, [(lumbar ? 5 : 3.8) - insetMm, length * 0.62 - insetMm, tall * 1.5 - insetMm], boneOf(bone), cuts);
  };
  return [made(0, cortical), made(1.7, subject.trabecular + 0.06 - cortical)];
}

/** The bridge from the upper to the lower articular process. A gap parts it at mid-length, between sclerotic rims. */
function buildPars([start, end]: readonly [Vec3, Vec3], o: { bone: number; thick: number; towards: Vec3; gapMm: number }): Primitive[] {
  const options = { radius: [4.4 * o.thick, 5.8 * o.thick], wallMm: 1.6, wall: boneOf(0.85), core: boneOf(o.bone - 0.25 - 0.85), towards: o.towards } as const;
  if (o.gapMm === 0) return tube([start, end], options);
  const along = subtract(end, start);
  const length = Math.sqrt(dot(along, along));
  const half = Math.min(0.42, o.gapMm / 2 / length);
  const rim = Math.min(half + 1.6 / length, 0.48);
  const at = (t: number): Vec3 => mix(start, end, t);
  const sclerotic = { ...options, core: boneOf(0) };
  return [
    ...tube([start, at(0.5 - rim)], options), ...tube([at(0.5 - rim), at(0.5 - half)], sclerotic),
    ...tube([at(0.5 + half), at(0.5 + rim)], sclerotic), ...tube([at(0.5 + rim), end], options),
  ];
}

/** An ellipsoid of cancellous bone in a cortex. */
export function shelled(frame: Frame, half: Vec3, shell: number, core: number): Primitive[] {
  const wall = 1.1;
  return [ellipsoid(frame, half, boneOf(shell)), ellipsoid(frame, [half[0] - wall, half[1] - wall, half[2] - wall], boneOf(core - shell))];
}
