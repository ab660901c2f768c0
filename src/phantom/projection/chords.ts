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

  const forms = primitive.quadrics.map((quadric) => quadraticForm(quadric, center, d, view, step));
  const cuts = primitive.cuts.map(({ normal, offset }) => ({
    along: dot(normal, d),
    e0: offset - dot(normal, center),
    eu: -dot(normal, view.right) * step,
    ev: -dot(normal, view.down) * step,
  }));
  const lead = forms[0]!;
  const inverse = 1 / lead.a;
  for (let r = firstRow; r <= lastRow; r++) {
    const v = r - row;
    // Along a row the discriminant of the first quadric is itself a parabola in u: only its positive part is visited.
    const b0 = lead.b0 + lead.bv * v;
    const c0 = lead.c0 + 2 * lead.cv * v + lead.cvv * v * v;
    const c1 = lead.cu + lead.cuv * v;
    const p2 = lead.bu * lead.bu - lead.a * lead.cuu;
    const p1 = b0 * lead.bu - lead.a * c1;
    const p0 = b0 * b0 - lead.a * c0;
    let [first, last] = [firstColumn, lastColumn];
    if (p2 < 0) {
      const inside = p1 * p1 - p2 * p0;
      if (inside <= 0) continue;
      const root = Math.sqrt(inside);
      first = Math.max(first, Math.ceil(column + (-p1 + root) / p2));
      last = Math.min(last, Math.floor(column + (-p1 - root) / p2));
    }
    if (first > last) continue;
    for (let k = first; k <= last; k++) {
      const u = k - column;
      const disc = p0 + 2 * p1 * u + p2 * u * u;
      const middle = -(b0 + lead.bu * u) * inverse;
      const reachT = disc > 0 ? Math.sqrt(disc) * inverse : -1;
      let near = middle - reachT;
      let far = middle + reachT;
      for (let i = 1; i < forms.length; i++) {
        const f = forms[i]!;
        const b = f.b0 + f.bu * u + f.bv * v;
        const c = f.c0 + 2 * (f.cu * u + f.cv * v + f.cuv * u * v) + f.cuu * u * u + f.cvv * v * v;
        const other = b * b - f.a * c;
        if (other <= 0) {
          far = near;
          break;
        }
        const half = Math.sqrt(other) / f.a;
        near = Math.max(near, -b / f.a - half);
        far = Math.min(far, -b / f.a + half);
      }
      for (let i = 0; i < cuts.length; i++) {
        const cut = cuts[i]!;
        const e = cut.e0 + cut.eu * u + cut.ev * v;
        if (cut.along > 1e-9) far = Math.min(far, e / cut.along);
        else if (cut.along < -1e-9) near = Math.max(near, e / cut.along);
        else if (e < 0) far = near;
      }
      chords[k - first] = far > near ? far - near : 0;
    }
    sink(r * raster.width + first, last - first + 1, chords);
  }
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
