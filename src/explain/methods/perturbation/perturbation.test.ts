import assert from "node:assert/strict";
import test from "node:test";
import { float32, seededRandom, type Tensor } from "../../../base/index.js";
import { explainPredictions, type ExplainOptions } from "../../explainer.js";
import { relativeError, sum } from "../../toy-network.testkit.js";
import type { MethodName } from "../index.js";
import { independenceCriteria } from "./hsic.js";
import { shapleyRegression, allCoalitions } from "./kernel-shap.js";
import { correlation, fitLime } from "./lime.js";
import { riseMasks } from "./rise.js";
import { totalSobolIndices, latinHypercube } from "./sobol.js";
import { solveLeastSquares } from "./solve.js";

/** A model of images [1, H, W] with one score. */
function modelOf(score: (pixels: Float32Array) => number) {
  return async (images: Tensor<"float32">) => {
    const n = images.shape[0]!;
    const size = images.data.length / n;
    return float32([n, 1], Array.from({ length: n }, (_, i) => score(images.data.subarray(i * size, (i + 1) * size))));
  };
}

const weights = Float32Array.from({ length: 16 }, (_, i) => Math.sin(1 + i) * 2);
const linear = modelOf((pixels) => 3 + pixels.reduce((total, value, i) => total + weights[i]! * value, 0));
const image = float32([1, 1, 4, 4], Array.from({ length: 16 }, (_, i) => 1 + 0.5 * Math.cos(i)));
const contributions = weights.map((weight, i) => weight * image.data[i]!);

async function mapOf(method: MethodName, options: ExplainOptions, predict = linear, images = image) {
  const { maps, readings } = await explainPredictions(predict, images, method, { scaling: "none", ...options });
  return { map: maps[0]!.values, reading: readings[0]! };
}

test("occlusion of a linear model by single pixels is weight times difference from the baseline (by hand)", async () => {
  const { map } = await mapOf("occlusion", { windowPx: 1, stridePx: 1 });
  assert.ok(relativeError(map, contributions) < 1e-5);
  const against = await mapOf("occlusion", { windowPx: 1, stridePx: 1, baseline: 0.5 });
  assert.ok(relativeError(against.map, weights.map((weight, i) => weight * (image.data[i]! - 0.5))) < 1e-5);
});

test("occlusion: a corner lies in one window, the middle in four of 3 x 3 with step 1 in 4 x 4 (by hand)", async () => {
  const { map } = await mapOf("occlusion", { windowPx: 3, stridePx: 1 }, modelOf((pixels) => pixels[0]!));
  const drop = image.data[0]!;
  assert.ok(Math.abs(map[0]! - drop) < 1e-6 && Math.abs(map[5]! - drop / 4) < 1e-6 && Math.abs(map[15]!) < 1e-6);
});

test("an occluding window larger than the image is refused", async () => {
  await assert.rejects(mapOf("occlusion", { windowPx: 5 }), { code: "occlusion-window" });
});

test("RISE is the sum of masks times scores less their mean, over half their number, mask by mask", async () => {
  const samples = 50;
  const { map } = await mapOf("rise", { samples, cells: 2, seed: 3, batchSize: 7 });
  const { write } = riseMasks({ height: 4, width: 4, cells: 2 }, 3);
  const masks = Array.from({ length: samples }, (_, i) => {
    const m = new Float32Array(16);
    write(i, m);
    return m;
  });
  const scores = masks.map((m) => 3 + sum(contributions.map((value, p) => value * m[p]!)));
  const expected = new Float64Array(16);
  masks.forEach((m, i) => m.forEach((value, p) => (expected[p]! += ((scores[i]! - sum(scores) / samples) * value) / (samples * 0.5))));
  assert.ok(relativeError(map, expected) < 1e-5);
});

test("RISE's masks lie in 0..1 and show half of the image on average", () => {
  const { write } = riseMasks({ height: 12, width: 9, cells: 4 }, 0);
  const into = new Float32Array(108);
  let total = 0;
  for (let i = 0; i < 500; i++) {
    write(i, into);
    assert.ok(into.every((value) => value >= 0 && value <= 1));
    total += sum(into) / 108 / 500;
  }
  assert.ok(Math.abs(total - 0.5) < 0.03, String(total));
});

test("least squares: a line through three points and its ridge, by hand", () => {
  const rows = [[0, 1], [1, 1], [2, 1]];
  assert.ok(relativeError(solveLeastSquares(rows, [1, 3, 5], [1, 1, 1], [0, 0]), [2, 1]) < 1e-12);
  // Slope of centered data: sum xy / (sum x² + 1) = 4 / 3, through the mean (1, 3).
  assert.ok(relativeError(solveLeastSquares(rows, [1, 3, 5], [1, 1, 1], [1, 0]), [4 / 3, 3 - 4 / 3]) < 1e-12);
  assert.throws(() => solveLeastSquares([[1, 1]], [1], [1], [0, 0]), { code: "not-estimable" });
});

test("LIME of a linear model nears the parts' contributions, with an R² and a stability near 1", async () => {
  const { map, reading } = await mapOf("lime", { samples: 3000, superpixels: "grid", segments: 16 });
  assert.ok(relativeError(map, contributions) < 0.05);
  assert.ok(reading["r2"]! > 0.99 && reading["stability"]! > 0.99 && reading["parts"] === 16);
});

test("LIME's fit of a score that ignores the parts is zero, and its R² too", () => {
  const shown = [[1, 1], [0, 1], [1, 0], [0, 0]].map((z) => Uint8Array.from(z));
  const { coefficients, r2 } = fitLime(shown, [5, 5, 5, 5]);
  assert.ok(coefficients.every((value) => Math.abs(value) < 1e-12) && r2 === 0);
});

test("correlation, by hand", () => {
  assert.ok(Math.abs(correlation([1, 2, 3], [2, 4, 6]) - 1) < 1e-12 && Math.abs(correlation([1, 2, 3], [3, 2, 1]) + 1) < 1e-12 && correlation([1, 1], [2, 3]) === 0);
});

test("Shapley values of a game of three with interactions, by all orders of joining", () => {
  const value = (z: ArrayLike<number>) => 2 * z[0]! - z[1]! + 4 * z[0]! * z[1]! + 3 * z[1]! * z[2]! - 6 * z[0]! * z[1]! * z[2]! + 1;
  const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
  const expected = [0, 0, 0];
  for (const order of orders) {
    const z = [0, 0, 0];
    for (const player of order) {
      const before = value(z);
      z[player] = 1;
      expected[player]! += (value(z) - before) / 6;
    }
  }
  const coalitions = allCoalitions(3);
  const found = shapleyRegression(coalitions, coalitions.map(({ shown }) => value(shown)), { whole: value([1, 1, 1]), empty: value([0, 0, 0]) });
  assert.ok(relativeError(found, expected) < 1e-12);
});

test("KernelSHAP of a linear model is its contributions, by all coalitions or by drawn ones; both sum to f(x) - f(baseline)", async () => {
  const exact = await mapOf("kernel-shap", { superpixels: "grid", segments: 4, samples: 100 });
  assert.equal(exact.reading["exact"], 1);
  const quarter = (top: number, left: number) => [0, 1, 4, 5].reduce((total, step) => total + contributions[top * 4 + left + step]!, 0);
  const expected = Array.from({ length: 16 }, (_, p) => quarter(p < 8 ? 0 : 2, p % 4 < 2 ? 0 : 2));
  assert.ok(relativeError(exact.map, expected) < 1e-4);
  const drawn = await mapOf("kernel-shap", { superpixels: "grid", segments: 16, samples: 200 });
  assert.equal(drawn.reading["exact"], 0);
  assert.ok(relativeError(drawn.map, contributions) < 1e-3);
  assert.ok(Math.abs(sum(drawn.map) - sum(contributions)) < 1e-4);
});

test("total Sobol indices of a linear function of uniform variables are a_i² / sum a² (by hand)", () => {
  const a = [1, 2, 0, 3];
  const n = 4000;
  const points = latinHypercube(n, 8, seededRandom("test"));
  const f = (z: ArrayLike<number>) => a.reduce((total, factor, i) => total + factor * z[i]!, 0);
  const [first, second] = [points.map((p) => p.slice(0, 4)), points.map((p) => p.slice(4))];
  const exchanged = a.map((_, i) => first.map((p, j) => f(p.map((value, k) => (k === i ? second[j]![i]! : value)))));
  const found = totalSobolIndices(first.map(f), second.map(f), exchanged);
  found.forEach((value, i) => assert.ok(Math.abs(value - a[i]! ** 2 / 14) < 0.03, `${i}: ${value}`));
  assert.equal(found[2], 0);
});

test("total Sobol indices of Ishigami's function are the published 0.558, 0.442 and 0.244 (Saltelli et al. 2000)", () => {
  const f = ([x, y, z]: number[]) => Math.sin(x!) + 7 * Math.sin(y!) ** 2 + 0.1 * z! ** 4 * Math.sin(x!);
  const n = 8000;
  const points = latinHypercube(n, 6, seededRandom("ishigami")).map((p) => Array.from(p, (value) => (2 * value - 1) * Math.PI));
  const [first, second] = [points.map((p) => p.slice(0, 3)), points.map((p) => p.slice(3))];
  const exchanged = [0, 1, 2].map((i) => first.map((p, j) => f(p.with(i, second[j]![i]!))));
  const found = totalSobolIndices(first.map(f), second.map(f), exchanged);
  [0.558, 0.442, 0.244].forEach((expected, i) => assert.ok(Math.abs(found[i]! - expected) < 0.03, `${i}: ${found[i]}`));
});

test("Sobol attribution finds the one cell that a model looks at: its index is 1, the others' 0", async () => {
  const { map } = await mapOf("sobol", { cells: 2, samples: 240 }, modelOf((pixels) => pixels[0]! ** 2));
  assert.ok(Math.abs(map[0]! - 1) < 0.25 && map[1] === 0 && map[2] === 0 && map[3] === 0, String(map));
});

test("HSIC of a hand-sized sample is tr(K H L H) / (n - 1)², multiplied out", () => {
  const states = [[1, 0], [0, 0], [1, 1], [0, 1]].map((z) => Uint8Array.from(z));
  const scores = [3, 0, 4, 1];
  // Distances: 3 1 2 4 1 3, median 2.5.
  const n = 4;
  const L = scores.map((a) => scores.map((b) => Math.exp(-((a - b) ** 2) / (2 * 2.5 ** 2))));
  const H = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_v, j) => (i === j ? 1 : 0) - 1 / n));
  const times = (a: number[][], b: number[][]) => a.map((row) => b[0]!.map((_, j) => row.reduce((total, value, k) => total + value * b[k]![j]!, 0)));
  const expected = [0, 1].map((j) => {
    const K = states.map((a) => states.map((b) => 1 - Math.abs(a[j]! - b[j]!)));
    const product = times(times(K, H), times(L, H));
    return product.reduce((total, row, i) => total + row[i]!, 0) / (n - 1) ** 2;
  });
  assert.ok(relativeError(independenceCriteria(states, scores), expected) < 1e-12);
});

test("HSIC attribution finds the one cell that a model looks at, through a threshold", async () => {
  const { map } = await mapOf("hsic", { cells: 2, samples: 200 }, modelOf((pixels) => (pixels[15]! > 0.1 ? 2 : 0)));
  assert.ok(map[3]! > 20 * Math.max(map[0]!, map[1]!, map[2]!), String(map));
});
