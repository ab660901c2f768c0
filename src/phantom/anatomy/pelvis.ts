import { boneOf, cutAt, ellipsoid, waterOf, type Primitive } from "../projection/primitive.js";
import { smoothCurve, tube } from "../projection/tube.js";
import { placeIn, subframe, type Frame, type Vec3 } from "../projection/vector.js";
import { posteriorWall, type PlacedVertebra } from "./alignment.js";
import { buildDegeneration } from "./degeneration.js";
import type { Subject } from "./subject.js";
import { vertebralBody } from "./vertebra.js";
import { shelled } from "./vertebral-arch.js";

/** Sacrum with its foramina, coccyx, iliac wings with their crests, pelvic brim, acetabula, femoral heads and pubic rami. */
export function buildPelvis(sacrum: PlacedVertebra, subject: Subject): Primitive[] {
  const wide = subject.boneWidth * (0.5 + 0.5 * subject.stature) * (subject.sex === "F" ? 1.04 : 1);
  const frame = sacrum.frame;
  const body = vertebralBody(sacrum, 0, 0.85);
  const top = [body, vertebralBody(sacrum, subject.cortexMm * 0.5, subject.trabecular - 0.85), ...buildDegeneration(sacrum, body)];
  // The articular processes that hold those of L5 from the front.
  const facets = [-1, 1].flatMap((side) => shelled(subframe(frame, [side * 21 * wide, posteriorWall(sacrum.size) + 15, 14], [12, 0, 0]), [6, 5, 11], 0.38, 0.24));
  return [...top, ...facets, ...buildSacrum(frame, subject, wide), ...[-1, 1].flatMap((side) => buildHemipelvis(frame.origin, side, subject, wide))];
}

function buildSacrum(frame: Frame, subject: Subject, wide: number): Primitive[] {
  const parts: Primitive[] = [];
  const density = subject.trabecular * 0.85 + 0.02;
  // Three segments, each smaller and curving back and then forward under the one above.
  const segments: readonly (readonly [number, number, number, number])[] = [[-27, 6, 52, 0], [-54, 13, 43, 8], [-78, 14, 29, 22]];
  for (const [z, y, half, turn] of segments) {
    const at = subframe(frame, [0, y, z], [-turn, 0, 0]);
    const cuts = [cutAt(at, [0, 0, 15], [0, 0, 1]), cutAt(at, [0, 0, -14], [0, 0, -1])];
    parts.push(ellipsoid(at, [half * wide, 17 * wide, 26], boneOf(0.5), cuts));
    parts.push(ellipsoid(at, [half * wide - 1.5, 15.5 * wide, 24], boneOf(density - 0.5), cuts));
    for (const side of [-1, 1]) {
      parts.push(ellipsoid(subframe(at, [side * (half * 0.3 + 5.5) * wide, -1, -5]), [5.2, 13, 5.5], boneOf(-density)));
    }
  }
  for (const side of [-1, 1]) {
    const ala = subframe(frame, [side * 41 * wide, 4, -9], [0, side * 20, side * -18]);
    parts.push(ellipsoid(ala, [21 * wide, 16, 14], boneOf(density)));
  }
  parts.push(ellipsoid(subframe(frame, [0, 26, -40], [-12, 0, 0]), [5, 8, 42], boneOf(0.2)));
  const tail = [[0, 14, -92], [0, 8, -106], [0, -4, -118]].map((p) => placeIn(frame, p as unknown as Vec3));
  parts.push(...tube(smoothCurve(tail, 2), { radius: [9, 5], wall: boneOf(0.3), towards: [1, 0, 0] }));
  return parts;
}

function buildHemipelvis(origin: Vec3, side: number, subject: Subject, wide: number): Primitive[] {
  const tall = subject.stature;
  const at = (x: number, y: number, z: number): Vec3 => [origin[0] + side * x * wide, origin[1] + y * wide, origin[2] + z * tall];
  const wall = boneOf(0.6);
  const core = boneOf(subject.trabecular - 0.6);
  const parts: Primitive[] = [];
  const wing: Frame = { origin: at(92, 0, -22), x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] };
  // The wing is a thin curved plate: a flat ellipsoid that leans outward.
  const plate = subframe(wing, [0, 0, 0], [-14, side * 28, side * 38]);
  parts.push(ellipsoid(plate, [5.2, 62 * wide, 72 * tall], boneOf(0.42)));
  parts.push(ellipsoid(plate, [3.8, 58 * wide, 68 * tall], boneOf(subject.trabecular - 0.36)));
  const crest = smoothCurve([at(52, 52, -18), at(66, 44, 22), at(94, 18, 44), at(122, -22, 34), at(132, -52, 0), at(122, -62, -36)], 4);
  parts.push(...tube(crest, { radius: [6, 8], wallMm: 1.4, wall, core, towards: [0, 1, 0] }));
  const brim = smoothCurve([at(48, 22, -30), at(64, 0, -70), at(64, -32, -104), at(40, -62, -124), at(8, -72, -134)], 4);
  parts.push(...tube(brim, { radius: [6.5, 8.5], wallMm: 1.5, wall, core, towards: [0, 1, 0] }));
  const ischium = smoothCurve([at(70, 0, -110), at(66, 18, -150), at(50, 10, -180), at(30, -28, -172), at(8, -64, -146)], 4);
  parts.push(...tube(ischium, { radius: [8, 10], wallMm: 1.5, wall, core, towards: [0, 1, 0] }));
  const hip = at(92, -18, -122);
  const socket: Frame = { ...wing, origin: hip };
  parts.push(ellipsoid(socket, [30 * wide, 28 * wide, 30 * tall], boneOf(0.32)));
  parts.push(ellipsoid(socket, [27 * wide, 25 * wide, 27 * tall], boneOf(-0.3)));
  parts.push(ellipsoid(socket, [24 * wide, 24 * wide, 24 * tall], boneOf(0.5)));
  parts.push(ellipsoid(socket, [22.6 * wide, 22.6 * wide, 22.6 * tall], boneOf(subject.trabecular + 0.08 - 0.5)));
  const thigh = smoothCurve([at(100, -16, -128), at(128, 0, -150), at(140, 6, -190), at(138, 4, -260)], 4);
  parts.push(...tube(thigh, { radius: [15, 15], wallMm: 3.5, wall: boneOf(0.8), core: boneOf(0.12 - 0.8), towards: [0, 1, 0] }));
  // The hip joint's cartilage and the capsule read as a thin dark line.
  parts.push(ellipsoid(socket, [33, 31, 33], waterOf(0.02)));
  return parts;
}
