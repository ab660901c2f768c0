import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError, seededRandom } from "../../base/index.js";
import { bandOf, compareCurves } from "./compare-curves.js";
import type { Curve, GreyPlane } from "./contract.js";
import { decadeDistance, histogramDistance, histogramOf, histogramQuantile, sampleDistance } from "./distances.js";
import { powerOf, radialMean } from "./fourier.js";
import { realismMeasures } from "./index.js";

const draw = (width: number, height: number, value: (row: number, column: number) => number): GreyPlane => ({
  width,
  height,
  pixels: Float32Array.from({ length: width * height }, (_, i) => value(Math.floor(i / width), i % width)),
});

const noise = (deviation: number, side: number): GreyPlane => {
  const random = seededRandom("white", deviation);
  return draw(side, side, () => 0.5 + deviation * random.normal());
};

test("the power of a square is that of the Fourier sum itself", () => {
  const n = 8;
  const random = seededRandom("square");
  const square = Float64Array.from({ length: n * n }, () => random.normal());
  const power = powerOf(square, n);
  for (let u = 0; u < n; u++) {
    for (let v = 0; v < n; v++) {
      let [re, im] = [0, 0];
      square.forEach((value, i) => {
        const angle = (-2 * Math.PI * (Math.floor(i / n) * u + (i % n) * v)) / n;
        re += value * Math.cos(angle);
        im += value * Math.sin(angle);
      });
      assert.ok(Math.abs(power[u * n + v]! - re * re - im * im) < 1e-9);
    }
  }
});

test("the ring means of a spectrum that depends on the radius alone are that spectrum", () => {
  const n = 32;
  const fold = (u: number): number => (u > n / 2 ? u - n : u);
  const power = Float64Array.from({ length: n * n }, (_, i) => Math.round(Math.hypot(fold(Math.floor(i / n)), fold(i % n))));
  assert.deepEqual(radialMean(power, n), Array.from({ length: n / 2 - 1 }, (_, i) => i + 1));
});

test("white noise has a flat noise power spectrum equal to its variance", () => {
  for (const deviation of [0.01, 0.03]) {
    const { measure, number } = realismMeasures["noise-power"];
    const noisePower = measure(noise(deviation, 512));
    // Rings 1 to 4 lose what the surface takes off and what the choice of quiet squares looks at.
    for (const value of noisePower.y.slice(4)) assert.ok(Math.abs(value / deviation ** 2 - 1) < 0.12, `${value} for a variance of ${deviation ** 2}`);
    assert.ok(Math.abs(number.of(noisePower) / deviation - 1) < 0.1);
    assert.equal(noisePower.x[7], (8 * 512) / 32);
  }
});

test("a slow gradient adds nothing to the noise power spectrum", () => {
  const flat = noise(0.01, 256);
  const sloped = draw(256, 256, (r, k) => flat.pixels[r * 256 + k]! + 0.3 * (r / 256) ** 2 - 0.2 * (k / 256));
  const [a, b] = [flat, sloped].map((image) => realismMeasures["noise-power"].measure(image)) as [Curve, Curve];
  assert.ok(decadeDistance({ x: a.x.slice(4), y: a.y.slice(4) }, { x: b.x.slice(4), y: b.y.slice(4) }) < 0.05);
});

test("an edge blurred by a Gaussian is as wide as its error function says: 2.563 deviations", () => {
  for (const deviation of [1.5, 2, 3]) {
    for (const tilt of [0, 0.3, 1]) {
      const across = Math.sqrt(1 + tilt * tilt);
      const image = draw(200, 600, (r, k) => 0.2 + 0.6 * normalBelow((k - 100 + tilt * (r - 300)) / across / deviation));
      const pixels = (realismMeasures["edge-profile"].number.of(realismMeasures["edge-profile"].measure(image)) * 600) / 1000;
      // Sampling between pixels is linear: it widens an edge of deviation s by about 1 / (6 s²).
      assert.ok(Math.abs(pixels / (2.563 * deviation) - 1) < 0.08, `${pixels} pixels for a deviation of ${deviation}, tilt ${tilt}`);
    }
  }
});

/** Share of a normal distribution below z, by Simpson's rule. */
function normalBelow(z: number): number {
  if (Math.abs(z) > 8) return z > 0 ? 1 : 0;
  const steps = 200;
  const [from, h] = [-8, (z + 8) / steps];
  let sum = 0;
  for (let i = 0; i <= steps; i++) sum += (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2) * Math.exp(-((from + i * h) ** 2) / 2);
  return (sum * h) / 3 / Math.sqrt(2 * Math.PI);
}

test("a sum of waves whose amplitude falls as 1 / f^a has the exponent a", () => {
  for (const wanted of [0, 1, 2]) {
    const random = seededRandom("waves", wanted);
    // As many waves in every octave, so 1 / f² of them in an area: the amplitude of each makes up for it.
    const waves = Array.from({ length: 600 }, () => {
      const [f, angle] = [Math.exp(random.between(Math.log(0.008), Math.log(0.7))), random.between(0, Math.PI)];
      return { u: f * Math.cos(angle), v: f * Math.sin(angle), phase: random.between(0, 6.283), amplitude: 0.001 * f ** (1 - wanted) };
    }).filter(({ u, v }) => Math.max(Math.abs(u), v) < 0.5);
    const image = draw(96, 96, (r, k) => waves.reduce((sum, { u, v, phase, amplitude }) => sum + amplitude * Math.cos(2 * Math.PI * (u * r + v * k) + phase), 0.5));
    const found = realismMeasures["amplitude-spectrum"].number.of(realismMeasures["amplitude-spectrum"].measure(image));
    assert.ok(Math.abs(found - wanted) < 0.15, `${found} for ${wanted}`);
  }
});

test("a histogram has the shares it was painted with, and its median lies in the middle one", () => {
  const image = draw(40, 40, (r) => (r < 10 ? 0.1 : r < 30 ? 0.5 : 1));
  const { x, y } = realismMeasures["grey-histogram"].measure(image);
  const shares = x.flatMap((at, i) => (y[i]! > 0 ? [[Math.round(at * 100), y[i]!]] : []));
  assert.deepEqual(shares, [[11, 0.25], [52, 0.5], [98, 0.25]]);
  assert.ok(Math.abs(histogramQuantile({ x, y }, 0.5) - 16.5 / 32) < 1e-12);
});

test("local contrast of a fine checkerboard is half its step, of a flat image nothing", () => {
  const measure = realismMeasures["local-contrast"];
  const board = measure.number.of(measure.measure(draw(80, 320, (r, k) => ((r + k) % 2 === 0 ? 0.42 : 0.58))));
  assert.ok(Math.abs(board - 0.08) <= 0.0026, `${board}`);
  assert.ok(measure.number.of(measure.measure(draw(80, 320, () => 0.5))) < 0.005);
});

test("distances are worked by hand: a shift is its length, a factor of ten is one decade", () => {
  assert.equal(sampleDistance([1, 2, 3], [3, 4, 5]), 2);
  assert.equal(sampleDistance([0, 0, 0, 4], [0]), 1);
  assert.equal(sampleDistance([5, 1], [1, 5]), 0);
  const [a, b] = [histogramOf([0.1, 0.3], { bins: 4, top: 1 }), histogramOf([0.6, 0.8], { bins: 4, top: 1 })];
  assert.equal(histogramDistance(a, b), 0.5);
  assert.equal(decadeDistance({ x: [1, 2], y: [1, 5] }, { x: [1, 2], y: [10, 50] }), 1);
});

test("a comparison of sets is worked by hand: the same set has no excess, two far ones twice", () => {
  const measure = { ...realismMeasures["grey-histogram"], number: { title: "value", of: (curve: Curve) => curve.y[0]! }, distance: (a: Curve, b: Curve) => Math.abs(a.y[0]! - b.y[0]!) };
  const curves = (...values: number[]): Curve[] => values.map((value) => ({ x: [0], y: [value] }));
  const near = compareCurves(curves(0, 1, 2), curves(0.5, 1.5), measure);
  assert.equal(near.withinReal, 4 / 3);
  assert.equal(near.withinSimulated, 1);
  assert.equal(near.between, 5 / 6);
  assert.ok(Math.abs(near.excess - (5 / 3 - 7 / 3) / (4 / 3)) < 1e-12);
  assert.equal(near.covered, 1);
  const far = compareCurves(curves(0, 1), curves(100, 101), measure);
  assert.equal(far.excess, 198);
  assert.equal(far.covered, 0);
  assert.ok(Math.abs(far.numberDistance - 100 / 0.8) < 1e-9);
  assert.deepEqual(bandOf(curves(0, 10, 20, 30, 40)), { x: [0], lower: [4], median: [20], upper: [36] });
});

test("what cannot be measured is refused with a reason", () => {
  const flat = draw(64, 64, () => 0);
  for (const name of ["noise-power", "edge-profile"] as const) {
    assert.throws(() => realismMeasures[name].measure(flat), (error) => error instanceof InputError && error.code === "not-estimable" && error.message.includes("got 0"));
  }
  assert.throws(() => realismMeasures["amplitude-spectrum"].measure(draw(32, 100, () => 0.5)), /64 pixels or more a side, got 32 x 100/);
  assert.throws(() => compareCurves([], [], realismMeasures["grey-histogram"]), /got 0 real and 0 simulated/);
});
