import { dot, placeIn, turnIn, type Frame, type Vec3 } from "./vector.js";

/**
 * What a millimetre of a primitive adds to a ray: millimetres of water and of cortical bone. Contributions add up,
 * so that a lung inside a torso is negative water, and bone takes away the water it displaces.
 */
export interface Material {
  readonly water: number;
  readonly bone: number;
}

/** Bone that fills the fraction `bone` of its volume, the rest marrow, in place of soft tissue. */
export const boneOf = (bone: number): Material => ({ water: -bone, bone });
/** Soft tissue denser (positive) or lighter (negative) than what it lies in, as a share of water. */
export const waterOf = (water: number): Material => ({ water, bone: 0 });

/**
 * A quadric in its own frame: x² qx + y² qy + z² qz + 2 g z <= 1. Ellipsoids (all q > 0), elliptic cylinders
 * (qz = 0) and waisted bodies (qz < 0, hyperboloids of one sheet, to be cut by planes) are all of this form.
 */
export interface Quadric {
  readonly frame: Frame;
  readonly q: Vec3;
  readonly g: number;
}

/** The half-space normal . p <= offset, in world millimetres. */
export interface HalfSpace {
  readonly normal: Vec3;
  readonly offset: number;
}

/** A convex solid: the intersection of quadrics and half-spaces. */
export interface Primitive {
  readonly quadrics: readonly Quadric[];
  readonly cuts: readonly HalfSpace[];
  /** A box that holds the solid, in the frame of the first quadric: half extents about its origin. */
  readonly half: Vec3;
  readonly material: Material;
}

/** Half-space bounded by the plane through a local point of `frame` with a local outward normal. */
export function cutAt(frame: Frame, at: Vec3, outward: Vec3): HalfSpace {
  const normal = turnIn(frame, outward);
  return { normal, offset: dot(normal, placeIn(frame, at)) };
}

/** A solid ellipsoid with the given half axes. */
export function ellipsoid(frame: Frame, half: Vec3, material: Material, cuts: readonly HalfSpace[] = []): Primitive {
  return { quadrics: [ellipsoidQuadric(frame, half)], cuts, half, material };
}

export function ellipsoidQuadric(frame: Frame, half: Vec3): Quadric {
  return { frame, q: [1 / (half[0] * half[0]), 1 / (half[1] * half[1]), 1 / (half[2] * half[2])], g: 0 };
}

/** The part of a first ellipsoid that lies within a second one. */
export function overlap(first: { frame: Frame; half: Vec3 }, second: { frame: Frame; half: Vec3 }, material: Material): Primitive {
  return {
    quadrics: [ellipsoidQuadric(first.frame, first.half), ellipsoidQuadric(second.frame, second.half)],
    cuts: [],
    half: first.half,
    material,
  };
}

/** An elliptic cylinder about the frame's z axis, cut flat at both ends. */
export function cylinder(frame: Frame, half: Vec3, material: Material): Primitive {
  const cuts = [cutAt(frame, [0, 0, half[2]], [0, 0, 1]), cutAt(frame, [0, 0, -half[2]], [0, 0, -1])];
  // A barrel 1,000 times longer than it is cut keeps a ray along the axis well-posed: it is 5e-7 narrower at the ends.
  const qz = 1 / (half[2] * half[2] * 1e6);
  return { quadrics: [{ frame, q: [1 / (half[0] * half[0]), 1 / (half[1] * half[1]), qz], g: 0 }], cuts, half, material };
}
