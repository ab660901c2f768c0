import { cos, type Random, seededRandom, sin } from "../../base/index.js";
import { boneOf, ellipsoid, waterOf, type Primitive } from "../projection/primitive.js";
import { tube } from "../projection/tube.js";
import { placeIn, scale, subframe, type Frame, type Vec3 } from "../projection/vector.js";
import type { PlacedVertebra } from "./alignment.js";
import type { Lesion } from "./plan.js";
import { bounded, type Subject } from "./subject.js";

export interface LesionHost {
  readonly body: Primitive;
  readonly marrow: Primitive;
  readonly subject: Subject;
}

/**
 * The solids of a tumor; the first is its outline. Lytic: bone taken away, blown up beyond the cortex with a thin shell and
 * soap-bubble septa, as giant-cell tumor shows it. Sclerotic: clouds of tumor bone with lytic gaps, a sunburst of spicules
 * and a soft-tissue mass, as osteosarcoma shows it.
 * @see Rodallec et al. 2008, RadioGraphics 28:1019; Ilaslan et al. 2004, Radiology 230:697 (osteosarcoma)
 */
export function buildLesion(placed: PlacedVertebra, lesion: Lesion, host: LesionHost): Primitive[] {
  const random = seededRandom("lesion", lesion.seed);
  const frame = subframe(placed.frame, lesion.atMm);
  return lesion.kind === "lytic" ? soapBubbles(frame, lesion, host, random) : tumorBone(frame, lesion, host, random);
}

function within(solid: Primitive, body: Primitive): Primitive {
  return { ...solid, quadrics: [...solid.quadrics, ...body.quadrics], cuts: [...solid.cuts, ...body.cuts] };
}

function soapBubbles(frame: Frame, lesion: Lesion, { body, marrow }: LesionHost, random: Random): Primitive[] {
  const [a, b, c] = lesion.halfMm;
  const shell = (at: Frame, half: Vec3, wallMm: number, bone: number): Primitive[] => [
    ellipsoid(at, half, boneOf(bone)),
    ellipsoid(at, [half[0] - wallMm, half[1] - wallMm, half[2] - wallMm], boneOf(-bone)),
  ];
  const parts: Primitive[] = [...shell(frame, [a, b, c], 0.9, 0.5), ellipsoid(frame, [a, b, c], waterOf(0.04))];
  // Marrow and cortex within are gone.
  const hole: Vec3 = [a - 0.9, b - 0.9, c - 0.9];
  parts.push(within(ellipsoid(frame, hole, boneOf(-body.material.bone)), body), within(ellipsoid(frame, hole, boneOf(-marrow.material.bone)), marrow));
  // Chambers of many sizes up to the shell, their walls thick enough to be told apart; some bulge beyond it.
  const bubbles = 8 + random.integer(4);
  for (let i = 0; i < bubbles; i++) {
    const r = random.between(0.24, 0.46);
    const [lift, turn] = [sideways(random) * 0.8, random.between(0, 6.283)];
    const ring = Math.sqrt(1 - lift * lift) * (i % 3 === 2 ? 0.35 : 1.04 - r * 0.85);
    const at = subframe(frame, [a * ring * cos(turn), b * ring * sin(turn), c * lift * (1.04 - r)], [40 * sideways(random), 0, 40 * sideways(random)]);
    const half = [a * r, b * r * random.between(0.8, 1.2), c * r * random.between(0.8, 1.2)].map((h) => Math.max(3.5, h)) as unknown as Vec3;
    parts.push(...shell(at, half, 0.9, 0.42));
  }
  return parts;
}

function tumorBone(frame: Frame, lesion: Lesion, { body, subject }: LesionHost, random: Random): Primitive[] {
  const [a, b, c] = lesion.halfMm;
  const parts: Primitive[] = [ellipsoid(frame, [a, b, c], waterOf(0.06))];
  const clouds = 26 + random.integer(12);
  for (let i = 0; i < clouds; i++) {
    const at = subframe(frame, [a * 0.72 * sideways(random), b * 0.72 * sideways(random), c * 0.72 * sideways(random)], [0, 60 * sideways(random), 0]);
    const half: Vec3 = [a * random.between(0.14, 0.36), b * random.between(0.14, 0.36), c * random.between(0.14, 0.36)];
    parts.push(ellipsoid(at, half, boneOf(random.between(0.3, 0.75))));
  }
  for (let i = 0; i < 4; i++) {
    const at = subframe(frame, [a * 0.5 * sideways(random), b * 0.5 * sideways(random), c * 0.5 * sideways(random)]);
    parts.push(within(ellipsoid(at, [a * 0.2, b * 0.2, c * 0.2], boneOf(-subject.trabecular)), body));
  }
  // Sunburst: spicules of the lifted periosteum stand on one side of the mass like rays, away from the canal.
  const outward = Math.sign(lesion.atMm[0]);
  for (const plane of ["coronal", "sagittal"] as const) {
    const rays = 15 + random.integer(5);
    for (let i = 0; i < rays; i++) {
      const angle = -1.25 + (2.5 * i) / (rays - 1) + 0.05 * bounded(random);
      const [forth, up, aside] = [cos(angle), sin(angle), 0.35 * sideways(random)];
      const out: Vec3 = plane === "coronal" ? [outward * forth * a, aside * b, up * c] : [aside * a, -forth * b, up * c];
      const [from, to] = [placeIn(frame, scale(out, 0.72)), placeIn(frame, scale(out, random.between(1.3, 1.75)))];
      parts.push(...tube([from, to], { radius: [1.15, 1.15], wall: boneOf(1), towards: [0.3, 0.9, 0.3] }));
    }
  }
  return parts;
}

const sideways = (random: Random): number => random.between(-1, 1);
