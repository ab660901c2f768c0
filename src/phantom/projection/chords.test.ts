import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as holds, double, property } from "fast-check";
import { seededRandom } from "../../base/index.js";
import { boneOf, cylinder, ellipsoid, overlap, waterOf, type Primitive } from "./primitive.js";
import { visitLoft } from "./loft.js";
import { projectScene } from "./project.js";
import { tube } from "./tube.js";
import { subframe, worldFrame, type Vec3 } from "./vector.js";
import { frontalView, lateralView, type Raster } from "./view.js";

const raster: Raster = { width: 160, height: 160, spacingMm: 0.5, leftMm: -40, topMm: -40 };
const parallel = frontalView([0, 0, 0], Infinity);

function waterMap(primitives: readonly Primitive[], view = parallel): Float32Array {
  return projectScene({ primitives, lofts: [] }, view, raster, 1).waterMm;
}

test("line integrals through a tilted cylinder equal the analytic chord to 1e-3 of its length", () => {
  // Oracle by hand: an infinite cylinder of radius r whose axis leans by a from the image plane has chords 2 sqrt(r² - x²) / cos(a).
  const [radius, tiltDeg] = [15, 30];
  const frame = subframe(worldFrame, [0, 0, 0], [tiltDeg, 0, 0]);
  const map = waterMap([cylinder(frame, [radius, radius, 100], waterOf(1))]);
  for (let k = 52; k < 108; k++) {
    const x = raster.leftMm + (k + 0.5) * raster.spacingMm;
    const expected = (2 * Math.sqrt(radius * radius - x * x)) / Math.cos((tiltDeg * Math.PI) / 180);
    assert.ok(Math.abs(map[80 * raster.width + k]! - expected) <= 1e-3 * expected, `column ${k}`);
  }
});

test("a ray along a cylinder's axis has the cylinder's length", () => {
  const map = waterMap([cylinder(subframe(worldFrame, [0, 0, 0], [90, 0, 0]), [10, 10, 17], waterOf(1))]);
  assert.ok(Math.abs(map[80 * raster.width + 80]! - 34) < 1e-3);
});

test("the chords of any ellipsoid add up to its volume (Cavalieri), whichever way it is turned", () => {
  const axis = double({ min: 4, max: 18, noNaN: true });
  const turn = double({ min: -180, max: 180, noNaN: true });
  holds(
    property(axis, axis, axis, turn, turn, turn, (a, b, c, x, y, z) => {
      const map = waterMap([ellipsoid(subframe(worldFrame, [3, -5, 2], [x, y, z]), [a, b, c], waterOf(1))]);
      const volume = map.reduce((sum, v) => sum + v, 0) * raster.spacingMm ** 2;
      assert.ok(Math.abs(volume / ((4 / 3) * Math.PI * a * b * c) - 1) < 0.01);
    }),
    { numRuns: 25, seed: 1 },
  );
});

test("the overlap of two balls adds up to the volume of the lens", () => {
  // Oracle: two balls of radius r at distance d share pi (4 r + d) (2 r - d)² / 12.
  const [r, d] = [14, 10];
  const ball = (x: number) => ({ frame: subframe(worldFrame, [x, 0, 0]), half: [r, r, r] as Vec3 });
  const volume = waterMap([overlap(ball(-d / 2), ball(d / 2), waterOf(1))]).reduce((sum, v) => sum + v, 0) * raster.spacingMm ** 2;
  assert.ok(Math.abs(volume / ((Math.PI * (4 * r + d) * (2 * r - d) ** 2) / 12) - 1) < 0.005);
});

test("the pieces of a bent tube neither gap nor overlap: along its bend no ray is longer than through a straight piece", () => {
  const bend: Vec3[] = [[-30, 0, 0], [-10, 0, 6], [10, 0, 6], [30, 0, 0]];
  const map = waterMap(tube(bend, { radius: [4, 4], wall: waterOf(1), towards: [0, 1, 0] }));
  let longest = 0;
  for (const value of map) longest = Math.max(longest, value);
  assert.ok(longest <= 8.001 && longest > 7.9, `longest ${longest}`);
});

test("a diverging beam magnifies by source / (source + depth) and an object at the isocenter not at all", () => {
  const view = lateralView([0, 0, 0], 1000);
  const width = (x: number): number => {
    const map = waterMap([ellipsoid(subframe(worldFrame, [x, 0, 0]), [10, 10, 10], waterOf(1))], view);
    return Array.from({ length: raster.width }, (_, k) => map[80 * raster.width + k]!).filter((v) => v > 0).length * raster.spacingMm;
  };
  assert.ok(Math.abs(width(0) - 20) <= 1);
  assert.ok(Math.abs(width(-200) - 20 / 0.8) <= 1);
});

test("bone takes away the water it displaces", () => {
  const paths = projectScene({ primitives: [ellipsoid(worldFrame, [20, 20, 20], waterOf(1)), ellipsoid(worldFrame, [5, 5, 5], boneOf(0.4))], lofts: [] }, parallel, raster, 1);
  const at = 80 * raster.width + 80;
  assert.ok(Math.abs(paths.boneMm[at]! - 4) < 0.02 && Math.abs(paths.waterMm[at]! - 36) < 0.02);
});

test("a loft of equal sections has its full depth in the middle and keeps its outline", () => {
  const section = { x: 0, y: 0, halfWidth: 30, halfDepth: 12 };
  const chords = new Float32Array(raster.width * raster.height);
  visitLoft({ sections: [{ z: -60, ...section }, { z: 60, ...section }], material: waterOf(1) }, parallel, raster, (start, count, values) => {
    for (let i = 0; i < count; i++) chords[start + i] = values[i]!;
  });
  const row = chords.subarray(80 * raster.width, 81 * raster.width);
  assert.ok(Math.abs(row[80]! - 24) < 0.01);
  assert.equal(row.filter((v) => v > 0).length, 120);
});

test("random scenes keep finite, non-negative paths", () => {
  const random = seededRandom("chords");
  const solids = Array.from({ length: 200 }, () =>
    ellipsoid(subframe(worldFrame, [random.between(-40, 40), random.between(-40, 40), random.between(-40, 40)], [random.between(0, 360), 0, random.between(0, 360)]), [random.between(0.5, 20), random.between(0.5, 20), random.between(0.5, 20)], waterOf(random.between(-1, 1))),
  );
  assert.ok(waterMap(solids).every((v) => Number.isFinite(v) && v >= 0));
});
