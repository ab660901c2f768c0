import type { Primitive } from "./primitive.js";
import { dot, scale, subtract, type Vec3 } from "./vector.js";
import { beamAt, type Raster, type View } from "./view.js";

/** Called for each run of pixels in a row: index of the first pixel, and the length in millimetres of each ray within the solid. */
export type ChordSink = (start: number, count: number, chordsMm: Float64Array) => void;

/** Reused by every call: a row of chords is consumed before the next is made. */
let rowOfChords = new Float64Array(4096);

/**
 * Visits the pixels whose central ray crosses the primitive, row by row (at the rims chords of 0 come along). Within one primitive rays are taken as parallel to the
 * ray through its center and magnified as its center is; across the patient the beam diverges. For a quadric the
 * chord is closed form: with o + t d in a t² + 2 b t + c <= 0, t = (-b +- sqrt(b² - a c)) / a; half-spaces shorten it.
 */
export function visitChords(primitive: Primitive, view: View, raster: Raster, sink: ChordSink): void {
  const main = primitive.quadrics[0]!;
  const center = main.frame.origin;
  const beam = beamAt(view, center);
  const d = beam.direction;
  const step = raster.spacingMm / beam.magnification;
  const forward = dot(d, view.direction);
  const acrossRight = subtract(view.right, scale(view.direction, dot(d, view.right) / forward));
  const acrossDown = subtract(view.down, scale(view.direction, dot(d, view.down) / forward));
  const reach = (axis: Vec3): number =>
    (Math.abs(dot(axis, main.frame.x)) * primitive.half[0] +
      Math.abs(dot(axis, main.frame.y)) * primitive.half[1] +
      Math.abs(dot(axis, main.frame.z)) * primitive.half[2]) / step;
  const column = (beam.u - raster.leftMm) / raster.spacingMm - 0.5;
  const row = (beam.v - raster.topMm) / raster.spacingMm - 0.5;
  const [reachU, reachV] = [reach(acrossRight), reach(acrossDown)];
  const firstColumn = Math.max(0, Math.ceil(column - reachU));
  const lastColumn = Math.min(raster.width - 1, Math.floor(column + reachU));
  const firstRow = Math.max(0, Math.ceil(row - reachV));
  const lastRow = Math.min(raster.height - 1, Math.floor(row + reachV));
  if (firstColumn > lastColumn || firstRow > lastRow) return;
  if (rowOfChords.length < raster.width) rowOfChords = new Float64Array(raster.width);
  const chords = rowOfChords;

  const lead = quadraticForm(main, center, d, view, step);
  const others = primitive.quadrics.length === 1 ? none : primitive.quadrics.slice(1).map((quadric) => quadraticForm(quadric, center, d, view, step));
  const cutCount = primitive.cuts.length;
  for (let i = 0; i < cutCount; i++) {
    const { normal, offset } = primitive.cuts[i]!;
    const along = dot(normal, d);
    // A plane along the rays is in or out for all of t: divided by a tiny number it is just that.
    const inverse = 1 / (Math.abs(along) < 1e-9 ? 1e-9 : along);
    cutSide[i] = inverse;
    cutConstant[i] = (offset - dot(normal, center)) * inverse;
    cutAcross[i] = -dot(normal, view.right) * step * inverse;
    cutDown[i] = -dot(normal, view.down) * step * inverse;
  }
  const inverse = 1 / lead.a;
  const { a, bu } = lead;
  const p2 = bu * bu - a * lead.cuu;
  const middleStep = -bu * inverse;
  for (let r = firstRow; r <= lastRow; r++) {
    const v = r - row;
    // Along a row the discriminant of the first quadric is itself a parabola in u: only its positive part is visited.
    const b0 = lead.b0 + lead.bv * v;
    const p1 = b0 * bu - a * (lead.cu + lead.cuv * v);
    const p0 = b0 * b0 - a * (lead.c0 + 2 * lead.cv * v + lead.cvv * v * v);
    let first = firstColumn;
    let last = lastColumn;
    if (p2 < 0) {
      const inside = p1 * p1 - p2 * p0;
      if (inside <= 0) continue;
      const root = Math.sqrt(inside);
      first = Math.max(first, Math.ceil(column + (-p1 + root) / p2));
      last = Math.min(last, Math.floor(column + (-p1 - root) / p2));
    }
    if (first > last) continue;
    const middle0 = -b0 * inverse;
    for (let k = first; k <= last; k++) {
      const u = k - column;
      const disc = p0 + u * (2 * p1 + p2 * u);
      const reachT = disc > 0 ? Math.sqrt(disc) * inverse : -1;
      const middle = middle0 + middleStep * u;
      let near = middle - reachT;
      let far = middle + reachT;
      for (let i = 0; i < cutCount; i++) {
        const bound = cutConstant[i]! + cutAcross[i]! * u + cutDown[i]! * v;
        if (cutSide[i]! > 0) {
          if (bound < far) far = bound;
        } else if (bound > near) near = bound;
      }
      const chord = far - near;
      chords[k - first] = chord > 0 ? chord : 0;
      if (others.length > 0) chords[k - first] = shorten(others, u, v, near, far);
    }
    sink(r * raster.width + first, last - first + 1, chords);
  }
}

const none: readonly ReturnType<typeof quadraticForm>[] = [];
/** Planes of the solid in hand, as bounds on t: constant + across u + down v, from above where the side is positive. */
const [cutSide, cutConstant, cutAcross, cutDown] = [0, 1, 2, 3].map(() => new Float64Array(16)) as [Float64Array, Float64Array, Float64Array, Float64Array];

/** What is left of the interval (near, far) within further quadrics. */
function shorten(others: readonly ReturnType<typeof quadraticForm>[], u: number, v: number, near: number, far: number): number {
  for (const f of others) {
    const b = f.b0 + f.bu * u + f.bv * v;
    const c = f.c0 + 2 * (f.cu * u + f.cv * v + f.cuv * u * v) + f.cuu * u * u + f.cvv * v * v;
    const disc = b * b - f.a * c;
    if (disc <= 0) return 0;
    const half = Math.sqrt(disc) / f.a;
    near = Math.max(near, -b / f.a - half);
    far = Math.min(far, -b / f.a + half);
  }
  return Math.max(0, far - near);
}

/**
 * Coefficients of a, b(u, v) and c(u, v), u and v in pixels from the image of `center`. Written out in numbers: a scene has
 * thousands of solids, and vectors would be most of the time.
 */
function quadraticForm({ frame, q, g }: Primitive["quadrics"][number], center: Vec3, d: Vec3, view: View, step: number) {
  const { x, y, z, origin } = frame;
  const { right, down } = view;
  const [qx, qy, qz] = q;
  const [sx, sy, sz] = [center[0] - origin[0], center[1] - origin[1], center[2] - origin[2]];
  const [dx, dy, dz] = [dot(d, x), dot(d, y), dot(d, z)];
  const ox = sx * x[0] + sy * x[1] + sz * x[2];
  const oy = sx * y[0] + sy * y[1] + sz * y[2];
  const oz = sx * z[0] + sy * z[1] + sz * z[2];
  const [rx, ry, rz] = [dot(right, x) * step, dot(right, y) * step, dot(right, z) * step];
  const [wx, wy, wz] = [dot(down, x) * step, dot(down, y) * step, dot(down, z) * step];
  return {
    a: dx * dx * qx + dy * dy * qy + dz * dz * qz,
    b0: dx * ox * qx + dy * oy * qy + dz * oz * qz + g * dz,
    bu: dx * rx * qx + dy * ry * qy + dz * rz * qz,
    bv: dx * wx * qx + dy * wy * qy + dz * wz * qz,
    c0: ox * ox * qx + oy * oy * qy + oz * oz * qz + 2 * g * oz - 1,
    cu: ox * rx * qx + oy * ry * qy + oz * rz * qz + g * rz,
    cv: ox * wx * qx + oy * wy * qy + oz * wz * qz + g * wz,
    cuu: rx * rx * qx + ry * ry * qy + rz * rz * qz,
    cuv: rx * wx * qx + ry * wy * qy + rz * wz * qz,
    cvv: wx * wx * qx + wy * wy * qy + wz * wz * qz,
  };
}
