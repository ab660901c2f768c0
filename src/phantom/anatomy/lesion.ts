import { seededRandom, type Random } from "../../base/index.js";
import { boneOf, ellipsoid, waterOf, type Primitive } from "../projection/primitive.js";
import { tube } from "../projection/tube.js";
import { add, placeIn, scale, subframe, type Frame, type Vec3 } from "../projection/vector.js";
import type { PlacedVertebra } from "./alignment.js";
import type { Lesion } from "./plan.js";
import { bounded, type Subject } from "./subject.js";

export interface LesionHost {
  readonly body: Primitive;
  readonly subject: Subject;
}

/**
 * The solids of a tumor; the first is its outline. Lytic: bone taken away, blown up beyond the cortex with a thin shell and
 * soap-bubble septa, as giant-cell tumor shows it. Sclerotic: clouds of tumor bone with lytic gaps, spicules and a
 * soft-tissue mass, as osteosarcoma shows it.
 * @see Rodallec et al. 2008, RadioGraphics 28:1019
 */
export function buildLesion(placed: PlacedVertebra, lesion: Lesion, host: LesionHost): Primitive[] {
  const random = seededRandom("lesion", lesion.seed);
  const frame = subframe(placed.frame, lesion.atMm);
  return lesion.kind === "lytic" ? soapBubbles(frame, lesion, host, random) : tumorBone(frame, lesion, host, random);
}

function within(solid: Primitive, body: Primitive): Primitive {
  return { ...solid, quadrics: [...solid.quadrics, ...body.quadrics], cuts: [...solid.cuts, ...body.cuts] };
}

function soapBubbles(frame: Frame, lesion: Lesion, { body, subject }: LesionHost, random: Random): Primitive[] {
  const [a, b, c] = lesion.halfMm;
  const shell = (at: Frame, half: Vec3, wallMm: number, bone: number): Primitive[] => [
    ellipsoid(at, half, boneOf(bone)),
    ellipsoid(at, [half[0] - wallMm, half[1] - wallMm, half[2] - wallMm], boneOf(-bone)),
  ];
  const parts: Primitive[] = [...shell(frame, [a, b, c], 1, 0.75), ellipsoid(frame, [a, b, c], waterOf(0.04))];
  // Marrow and most of the cortex within are gone.
  parts.push(within(ellipsoid(frame, [a - 0.9, b - 0.9, c - 0.9], boneOf(-subject.trabecular - 0.06)), body));
  const bubbles = 6 + random.integer(5);
  for (let i = 0; i < bubbles; i++) {
    const r = random.between(0.26, 0.48);
    const reach = 1 - r;
    const at = subframe(frame, [a * reach * sideways(random), b * reach * sideways(random), c * reach * sideways(random)]);
    const half = [a * r, b * r, c * r].map((h) => Math.max(3, h)) as unknown as Vec3;
    parts.push(...shell(at, half, 0.9, 0.6));
  }
  return parts;
}

function tumorBone(frame: Frame, lesion: Lesion, { body, subject }: LesionHost, random: Random): Primitive[] {
  const [a, b, c] = lesion.halfMm;
  const parts: Primitive[] = [ellipsoid(frame, [a, b, c], waterOf(0.06))];
  const clouds = 24 + random.integer(12);
  for (let i = 0; i < clouds; i++) {
    const at = subframe(frame, [a * 0.72 * sideways(random), b * 0.72 * sideways(random), c * 0.72 * sideways(random)], [0, 60 * sideways(random), 0]);
    const half: Vec3 = [a * random.between(0.14, 0.36), b * random.between(0.14, 0.36), c * random.between(0.14, 0.36)];
    parts.push(ellipsoid(at, half, boneOf(random.between(0.45, 1.1))));
  }
  for (let i = 0; i < 4; i++) {
    const at = subframe(frame, [a * 0.5 * sideways(random), b * 0.5 * sideways(random), c * 0.5 * sideways(random)]);
    parts.push(within(ellipsoid(at, [a * 0.2, b * 0.2, c * 0.2], boneOf(-subject.trabecular)), body));
  }
  // Spicules of the periosteum stand on the mass like rays.
  const rays = 16 + random.integer(8);
  for (let i = 0; i < rays; i++) {
    const angle = (i / rays) * 2 * Math.PI + 0.15 * bounded(random);
    const lift = 0.5 * sideways(random);
    const out: Vec3 = [Math.cos(angle) * a, lift * b, Math.sin(angle) * c];
    const [from, to] = [placeIn(frame, scale(out, 0.86)), placeIn(frame, scale(out, random.between(1.08, 1.3)))];
    parts.push(...tube([from, add(to, [0, 0, 0])], { radius: [0.9, 0.9], wall: boneOf(0.8), towards: [0.3, 0.9, 0.3] }));
  }
  return parts;
}

const sideways = (random: Random): number => random.between(-1, 1);
