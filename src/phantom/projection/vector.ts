import { cos, sin } from "../../base/index.js";

/** A point or direction in millimetres: x to the patient's left, y to the back, z to the head. */
export type Vec3 = readonly [number, number, number];

export const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const add = (a: Vec3, b: Vec3): Vec3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a: Vec3, s: number): Vec3 => [a[0] * s, a[1] * s, a[2] * s];
export const mix = (a: Vec3, b: Vec3, t: number): Vec3 => add(scale(a, 1 - t), scale(b, t));
const norm = (a: Vec3): number => Math.sqrt(dot(a, a));
export const cross = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const normalize = (a: Vec3): Vec3 => scale(a, 1 / norm(a));
export const degrees = (angleRad: number): number => (angleRad * 180) / Math.PI;
export const radians = (angleDeg: number): number => (angleDeg * Math.PI) / 180;

/** A right-handed orthonormal frame. */
export interface Frame {
  readonly origin: Vec3;
  readonly x: Vec3;
  readonly y: Vec3;
  readonly z: Vec3;
}

export const worldFrame: Frame = { origin: [0, 0, 0], x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] };

/** World position of a point given in a frame's own coordinates. */
export function placeIn(frame: Frame, local: Vec3): Vec3 {
  return add(frame.origin, turnIn(frame, local));
}

/** World direction of a direction given in a frame's own coordinates. */
export function turnIn(frame: Frame, local: Vec3): Vec3 {
  return add(add(scale(frame.x, local[0]), scale(frame.y, local[1])), scale(frame.z, local[2]));
}

/** The frame moved to a local point and turned about its own axes: first about x, then y, then z (degrees). */
export function subframe(frame: Frame, at: Vec3, turnDeg: Vec3 = [0, 0, 0]): Frame {
  const [cx, sx] = cosSin(turnDeg[0]);
  const [cy, sy] = cosSin(turnDeg[1]);
  const [cz, sz] = cosSin(turnDeg[2]);
  // Columns of Rz Ry Rx.
  return {
    origin: placeIn(frame, at),
    x: turnIn(frame, [cz * cy, sz * cy, -sy]),
    y: turnIn(frame, [cz * sy * sx - sz * cx, sz * sy * sx + cz * cx, cy * sx]),
    z: turnIn(frame, [cz * sy * cx + sz * sx, sz * sy * cx - cz * sx, cy * cx]),
  };
}

/** The frame whose z axis points along `direction`, its x axis as near `towards` as can be. */
export function frameAlong(origin: Vec3, direction: Vec3, towards: Vec3): Frame {
  const z = normalize(direction);
  const x = normalize(subtract(towards, scale(z, dot(towards, z))));
  return { origin, x, y: cross(z, x), z };
}

function cosSin(angleDeg: number): [number, number] {
  return [cos(radians(angleDeg)), sin(radians(angleDeg))];
}
