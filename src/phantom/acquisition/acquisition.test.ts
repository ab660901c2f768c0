import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/index.js";
import { blurSmooth, gaussianBlur } from "./blur.js";
import { expose, spectrum, transmission } from "./expose.js";
import { drawMarker } from "./marker.js";
import { drawStroke } from "./drawing.js";
import { processForDisplay } from "./process.js";

const flat = (waterMm: number, side = 256) => ({
  raster: { width: side, height: side, spacingMm: 0.5, leftMm: 0, topMm: 0 },
  waterMm: new Float32Array(side * side).fill(waterMm),
  boneMm: new Float32Array(side * side),
});

test("nothing in the beam lets all of it through, and weights add to one", () => {
  assert.ok(Math.abs(spectrum.weight.reduce((a, b) => a + b, 0) - 1) < 1e-12);
  assert.ok(Math.abs(transmission(0, 0) - 1) < 1e-12);
});

test("a millimetre of water takes away the mean attenuation (limit of the exponential)", () => {
  const mean = spectrum.weight.reduce((sum, w, e) => sum + w * spectrum.water[e]!, 0);
  assert.ok(Math.abs((1 - transmission(1e-4, 0)) / 1e-4 - mean) < 1e-5);
});

test("the beam hardens: each further centimetre of bone takes a smaller share", () => {
  const share = (t: number): number => Math.log(transmission(0, t) / transmission(0, t + 10));
  for (let t = 0; t < 60; t += 10) assert.ok(share(t + 10) < share(t));
});

test("the noise of a flat field has the variance of the law: mean + electronic²", () => {
  for (const [quantaPerMm2, electronicQuanta] of [[4000, 0], [4000, 40], [60, 0], [60, 3]] as const) {
    const quanta = expose(flat(20), { quantaPerMm2, scatterShare: 0, blurMm: 0.3, electronicQuanta }, seededRandom("flat", quantaPerMm2));
    const mean = quanta.reduce((a, b) => a + b, 0) / quanta.length;
    const variance = quanta.reduce((a, b) => a + (b - mean) ** 2, 0) / quanta.length;
    const expected = quantaPerMm2 * 0.25 * transmission(20, 0);
    assert.ok(Math.abs(mean / expected - 1) < 0.01, `mean ${mean}, law ${expected}`);
    // 65,536 samples: the standard error of a variance is about 0.6 %.
    assert.ok(Math.abs(variance / (expected + electronicQuanta ** 2) - 1) < 0.03, `variance ${variance}, law ${expected + electronicQuanta ** 2}`);
  }
});

test("scatter adds its share of the primary to a flat field", () => {
  const made = (scatterShare: number): number => {
    const quanta = expose(flat(200, 64), { quantaPerMm2: 1e6, scatterShare, blurMm: 0, electronicQuanta: 0 }, seededRandom("scatter"));
    return quanta.reduce((a, b) => a + b, 0) / quanta.length;
  };
  assert.ok(Math.abs(made(0.4) / made(0) - 1.4) < 0.01);
});

test("both blurs keep a constant and the sum of a point, and have the stated deviation", () => {
  const side = 129;
  const point = new Float32Array(side * side);
  point[64 * side + 64] = 1;
  for (const [blur, sigma, tolerance] of [[gaussianBlur, 2.5, 0.02], [blurSmooth, 8, 0.1]] as const) {
    const result = blur(point, side, side, sigma);
    let [sum, moment] = [0, 0];
    for (let r = 0; r < side; r++) for (let k = 0; k < side; k++) {
      sum += result[r * side + k]!;
      moment += result[r * side + k]! * (k - 64) ** 2;
    }
    assert.ok(Math.abs(sum - 1) < 1e-4);
    assert.ok(Math.abs(Math.sqrt(moment) / sigma - 1) < tolerance, `deviation ${Math.sqrt(moment)}`);
    assert.ok(blur(new Float32Array(100).fill(3), 10, 10, sigma).every((v) => Math.abs(v - 3) < 1e-4));
  }
});

test("display values lie in 0..1 and rise with attenuation where nothing is equalized", () => {
  const side = 64;
  const quanta = Float32Array.from({ length: side * side }, (_, i) => 1e4 * Math.exp(-(i % side) / 20));
  const shown = processForDisplay(quanta, side, side, { equalize: 0, slowMm: 30, edgeGain: 0, detailMm: 4, window: [0.02, 0.98], gamma: 1, spacingMm: 1, openQuanta: 1e4 });
  assert.ok(shown.every((v) => v >= 0 && v <= 1));
  for (let k = 1; k < side; k++) assert.ok(shown[k]! >= shown[k - 1]!);
});

test("a marker and a stroke touch only their own surroundings", () => {
  const image = new Float32Array(100 * 100);
  drawMarker(image, 100, 100, { letter: "R", row: 50, column: 50, heightPx: 20, circled: false, value: 1 });
  drawStroke(image, 100, 100, { from: [40, 70], to: [60, 70], widthPx: 2, value: 1 });
  image.forEach((value, i) => {
    const [r, k] = [Math.floor(i / 100), i % 100];
    if (value > 0) assert.ok(r >= 36 && r <= 72 && k >= 36 && k <= 64);
  });
  assert.ok(image.some((value) => value === 1));
});
