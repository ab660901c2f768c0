import type { HalfSpace, Primitive, Quadric } from "./primitive.js";
import { dot, type Vec3 } from "./vector.js";
import type { Raster, View } from "./view.js";

/** Called for each run of pixels in a row: index of the first pixel, and the length in millimetres of each ray within the solid. */
export type ChordSink = (start: number, count: number, chordsMm: Float32Array) => void;

/**
 * Adds `amount` times the chord in millimetres of every pixel's central ray to an image. Within one primitive rays are taken
 * as parallel to the ray through its center and magnified as its center is; across the patient the beam diverges. For a
 * quadric the chord is closed form: with o + t d in a t² + 2 b t + c <= 0, t = (-b +- sqrt(b² - a c)) / a; half-spaces
 * shorten it.
 */
export function addChords(primitive: Primitive, view: View, raster: Raster, { image, amount }: { image: Float32Array; amount: number }): void {
  if (!aim(primitive, view, raster)) return;
  for (let r = firstRow; r <= lastRow; r++) {
    if (findSpan(r)) traceRow(r, image, r * raster.width, amount);
  }
}

/** Visits the pixels whose central ray crosses the primitive, row by row (at the rims chords of 0 come along). */
export function visitChords(primitive: Primitive, view: View, raster: Raster, sink: ChordSink): void {
  if (!aim(primitive, view, raster)) return;
  if (rowOfChords.length < raster.width) rowOfChords = new Float32Array(raster.width);
  const chords = rowOfChords;
  for (let r = firstRow; r <= lastRow; r++) {
    if (!findSpan(r)) continue;
    const count = last - first + 1;
    chords.fill(0, 0, count);
    traceRow(r, chords, -first, 1);
    sink(r * raster.width + first, count, chords);
  }
}

/** Reused by every call: a row of chords is consumed before the next is made. */
let rowOfChords = new Float32Array(4096);

// The solid in hand. A scene has thousands of solids, most of them a few pixels large: objects and vectors would be most
// of the time, so that the state of one solid lives in plain numbers here.
let [firstColumn, lastColumn, firstRow, lastRow] = [0, 0, 0, 0];
/** Pixel coordinates of the center. */
let [column, row] = [0, 0];
/** Columns of the present row. */
let [first, last] = [0, 0];
/** Quadrics as a, b0, bu, bv, c0, cu, cv, cuu, cuv, cvv: b and c in pixels from the center's. */
const formSize = 10;
const forms = new Float64Array(8 * formSize);
let formCount = 0;
/** Planes that bound t from above, then those from below: constant, share of u and share of v of each. */
const upper = new Float64Array(3 * 16);
const lower = new Float64Array(3 * 16);
let [upperCount, lowerCount] = [0, 0];

/** Makes ready for a solid; false where it is off the raster. */
function aim(primitive: Primitive, view: View, raster: Raster): boolean {
  const { right, down, direction, isocenter, sourceMm } = view;
  const main = primitive.quadrics[0]!;
  const center = main.frame.origin;
  const [px, py, pz] = [center[0] - isocenter[0], center[1] - isocenter[1], center[2] - isocenter[2]];
  const magnification = sourceMm === Infinity ? 1 : sourceMm / (sourceMm + px * direction[0] + py * direction[1] + pz * direction[2]);
  const pitch = 1 / raster.spacingMm;
  column = ((px * right[0] + py * right[1] + pz * right[2]) * magnification - raster.leftMm) * pitch - 0.5;
  row = ((px * down[0] + py * down[1] + pz * down[2]) * magnification - raster.topMm) * pitch - 0.5;
  const { half } = primitive;
  // A slanting ray stretches the shadow by less than a fifth.
  const farthest = 1.2 * magnification * pitch * Math.sqrt(half[0] * half[0] + half[1] * half[1] + half[2] * half[2]);
  if (column + farthest < 0 || row + farthest < 0 || column - farthest > raster.width || row - farthest > raster.height) return false;

  const step = raster.spacingMm / magnification;
  let [dx, dy, dz] = direction;
  let [forward, sideways, downward] = [1, 0, 0];
  if (sourceMm !== Infinity) {
    [dx, dy, dz] = [px + direction[0] * sourceMm, py + direction[1] * sourceMm, pz + direction[2] * sourceMm];
    const shorten = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz);
    [dx, dy, dz] = [dx * shorten, dy * shorten, dz * shorten];
    forward = dx * direction[0] + dy * direction[1] + dz * direction[2];
    sideways = (dx * right[0] + dy * right[1] + dz * right[2]) / forward;
    downward = (dx * down[0] + dy * down[1] + dz * down[2]) / forward;
  }
  const reachU = shadow(primitive, right, direction, sideways) / step;
  const reachV = shadow(primitive, down, direction, downward) / step;
  firstColumn = Math.max(0, Math.ceil(column - reachU));
  lastColumn = Math.min(raster.width - 1, Math.floor(column + reachU));
  firstRow = Math.max(0, Math.ceil(row - reachV));
  lastRow = Math.min(raster.height - 1, Math.floor(row + reachV));
  if (firstColumn > lastColumn || firstRow > lastRow) return false;
  formCount = primitive.quadrics.length;
  const d: Vec3 = [dx, dy, dz];
  for (let i = 0; i < formCount; i++) setForm(i * formSize, primitive.quadrics[i]!, center, d, view, step);
  [upperCount, lowerCount] = [0, 0];
  for (const cut of primitive.cuts) setCut(cut, center, d, view, step);
  return true;
}

/** Half the extent of the solid's box, seen along the ray, on an image axis. */
function shadow({ quadrics, half }: Primitive, axis: Vec3, direction: Vec3, slant: number): number {
  const { x, y, z } = quadrics[0]!.frame;
  const [ax, ay, az] = [axis[0] - direction[0] * slant, axis[1] - direction[1] * slant, axis[2] - direction[2] * slant];
  return (
    Math.abs(ax * x[0] + ay * x[1] + az * x[2]) * half[0] +
    Math.abs(ax * y[0] + ay * y[1] + az * y[2]) * half[1] +
    Math.abs(ax * z[0] + ay * z[1] + az * z[2]) * half[2]
  );
}

function setForm(at: number, { frame, q, g }: Quadric, center: Vec3, d: Vec3, { right, down }: View, step: number): void {
  const { x, y, z, origin } = frame;
  const [qx, qy, qz] = q;
  const [sx, sy, sz] = [center[0] - origin[0], center[1] - origin[1], center[2] - origin[2]];
  const [dx, dy, dz] = [dot(d, x), dot(d, y), dot(d, z)];
  const ox = sx * x[0] + sy * x[1] + sz * x[2];
  const oy = sx * y[0] + sy * y[1] + sz * y[2];
  const oz = sx * z[0] + sy * z[1] + sz * z[2];
  const [rx, ry, rz] = [dot(right, x) * step, dot(right, y) * step, dot(right, z) * step];
  const [wx, wy, wz] = [dot(down, x) * step, dot(down, y) * step, dot(down, z) * step];
  forms[at] = dx * dx * qx + dy * dy * qy + dz * dz * qz;
  forms[at + 1] = dx * ox * qx + dy * oy * qy + dz * oz * qz + g * dz;
  forms[at + 2] = dx * rx * qx + dy * ry * qy + dz * rz * qz;
  forms[at + 3] = dx * wx * qx + dy * wy * qy + dz * wz * qz;
  forms[at + 4] = ox * ox * qx + oy * oy * qy + oz * oz * qz + 2 * g * oz - 1;
  forms[at + 5] = ox * rx * qx + oy * ry * qy + oz * rz * qz + g * rz;
  forms[at + 6] = ox * wx * qx + oy * wy * qy + oz * wz * qz + g * wz;
  forms[at + 7] = rx * rx * qx + ry * ry * qy + rz * rz * qz;
  forms[at + 8] = rx * wx * qx + ry * wy * qy + rz * wz * qz;
  forms[at + 9] = wx * wx * qx + wy * wy * qy + wz * wz * qz;
}

function setCut({ normal, offset }: HalfSpace, center: Vec3, d: Vec3, { right, down }: View, step: number): void {
  const along = dot(normal, d);
  // A plane along the rays is in or out for all of t: divided by a tiny number it is just that.
  const inverse = 1 / (Math.abs(along) < 1e-9 ? 1e-9 : along);
  const list = inverse > 0 ? upper : lower;
  const at = 3 * (inverse > 0 ? upperCount++ : lowerCount++);
  list[at] = (offset - dot(normal, center)) * inverse;
  list[at + 1] = -dot(normal, right) * step * inverse;
  list[at + 2] = -dot(normal, down) * step * inverse;
}

/** Columns of a row in which the first quadric is met: its discriminant along a row is itself a parabola in u. */
function findSpan(r: number): boolean {
  const v = r - row;
  const [a, bu] = [forms[0]!, forms[2]!];
  const p2 = bu * bu - a * forms[7]!;
  first = firstColumn;
  last = lastColumn;
  if (p2 >= 0) return true;
  const b0 = forms[1]! + forms[3]! * v;
  const p1 = b0 * bu - a * (forms[5]! + forms[8]! * v);
  const p0 = b0 * b0 - a * (forms[4]! + 2 * forms[6]! * v + forms[9]! * v * v);
  const inside = p1 * p1 - p2 * p0;
  if (inside <= 0) return false;
  const root = Math.sqrt(inside);
  first = Math.max(first, Math.ceil(column + (-p1 + root) / p2));
  last = Math.min(last, Math.floor(column + (-p1 - root) / p2));
  return first <= last;
}

/** Adds the chords of a row's columns from `first` to `last` to `out`, where column k lies at `base` + k. */
function traceRow(r: number, out: Float32Array, base: number, amount: number): void {
  const v = r - row;
  const [a, bu, to, center] = [forms[0]!, forms[2]!, last, column];
  const p2 = bu * bu - a * forms[7]!;
  const b0 = forms[1]! + forms[3]! * v;
  const p1 = 2 * (b0 * bu - a * (forms[5]! + forms[8]! * v));
  const p0 = b0 * b0 - a * (forms[4]! + 2 * forms[6]! * v + forms[9]! * v * v);
  const inverse = 1 / a;
  if (upperCount + lowerCount === 0 && formCount === 1) {
    const gain = 2 * inverse * amount;
    for (let k = first; k <= to; k++) {
      const u = k - center;
      const disc = p0 + u * (p1 + p2 * u);
      if (disc > 0) out[base + k]! += Math.sqrt(disc) * gain;
    }
    return;
  }
  const [middle0, middleStep] = [-b0 * inverse, -bu * inverse];
  if (upperCount === 1 && lowerCount === 1 && formCount === 1) {
    const far0 = upper[0]! + upper[2]! * v;
    const near0 = lower[0]! + lower[2]! * v;
    const farStep = upper[1]!;
    const nearStep = lower[1]!;
    for (let k = first; k <= to; k++) {
      const u = k - center;
      const disc = p0 + u * (p1 + p2 * u);
      if (disc <= 0) continue;
      const reach = Math.sqrt(disc) * inverse;
      const middle = middle0 + middleStep * u;
      const chord = Math.min(middle + reach, far0 + farStep * u) - Math.max(middle - reach, near0 + nearStep * u);
      if (chord > 0) out[base + k]! += chord * amount;
    }
    return;
  }
  for (let k = first; k <= to; k++) {
    const u = k - center;
    const disc = p0 + u * (p1 + p2 * u);
    if (disc <= 0) continue;
    const reach = Math.sqrt(disc) * inverse;
    const middle = middle0 + middleStep * u;
    let near = middle - reach;
    let far = middle + reach;
    for (let i = 0; i < 3 * upperCount; i += 3) far = Math.min(far, upper[i]! + upper[i + 1]! * u + upper[i + 2]! * v);
    for (let i = 0; i < 3 * lowerCount; i += 3) near = Math.max(near, lower[i]! + lower[i + 1]! * u + lower[i + 2]! * v);
    for (let at = formSize; at < formCount * formSize; at += formSize) {
      const scale = 1 / forms[at]!;
      const b = forms[at + 1]! + forms[at + 2]! * u + forms[at + 3]! * v;
      const c = forms[at + 4]! + 2 * (forms[at + 5]! * u + forms[at + 6]! * v + forms[at + 8]! * u * v) + forms[at + 7]! * u * u + forms[at + 9]! * v * v;
      const also = b * b - forms[at]! * c;
      const half = also > 0 ? Math.sqrt(also) * scale : -Infinity;
      near = Math.max(near, -b * scale - half);
      far = Math.min(far, -b * scale + half);
    }
    if (far > near) out[base + k]! += (far - near) * amount;
  }
}
