import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { float32 } from "../../base/index.js";
import type { HeatMap } from "../upsample.js";
import type { MethodProbe } from "./contract.js";
import { askModel } from "./asked-model.js";
import { pixelPrecision } from "./average-precision.js";
import { areaUnder } from "./deletion.js";
import { impute } from "./impute.js";
import { boxAround } from "./mass-inside.js";
import type { MeasureName } from "./index.js";
import { measureQuality } from "./measure-quality.js";
import { aligned, moveImage } from "./move-image.js";
import { rankPixels } from "./read-map.js";
import { averageCells, rankCorrelation, structuralSimilarity } from "./similarity.js";

const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/explain/quality.json"), "utf8")) as Record<string, number[]> & Record<"averagePrecision" | "averagePrecisionTies" | "spearman" | "spearmanTies" | "ssim" | "ssimSmall" | "entropy" | "gini", number>;
const near = (got: number, expected: number, tolerance = 1e-6) => assert.ok(Math.abs(got - expected) <= tolerance, `${got}, expected ${expected}`);
const square = (values: readonly number[]): HeatMap => ({ values: Float32Array.from(values), height: Math.sqrt(values.length), width: Math.sqrt(values.length) });

/** 4 x 4: the left half is the region; values 16 … 1 in reading order. */
const left = square(Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 1 : 0)));
const falling = square(Array.from({ length: 16 }, (_, i) => 16 - i));

test("localization by hand: values 16 to 1 in reading order, the left half the region", async () => {
  const read = (name: MeasureName, settings = {}) => measureQuality(name, { map: falling, region: left }, settings);
  assert.equal(await read("pointing-game"), 1);
  near(await read("relevance-mass"), (16 + 15 + 12 + 11 + 8 + 7 + 4 + 3) / 136);
  near(await read("energy-inside"), 76 / 136);
  assert.equal(await read("relevance-rank"), 0.5);
  assert.equal(await read("top-k-intersection", { share: 2 / 16 }), 1);
  assert.equal(await read("top-k-intersection", { share: 4 / 16 }), 0.5);
  // At least half of the peak: 16 … 8, nine pixels, five of them inside.
  assert.equal(await read("iou"), 5 / (9 + 8 - 5));
  assert.equal(await read("dice"), 10 / 17);
});

test("the box around a region, and a tie at the top that counts by its share", async () => {
  const bent = square([0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]);
  assert.deepEqual([...boxAround(bent).values], [0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0]);
  const tied = square([2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  assert.equal(await measureQuality("pointing-game", { map: tied, region: left }), 0.5);
});

test("AUPRC, correlation and SSIM as scikit-learn, SciPy and NumPy have them, with and without ties", () => {
  const region = square(stored["region"]!);
  near(pixelPrecision(Float32Array.from(stored["heat"]!), region), stored.averagePrecision, 1e-9);
  near(pixelPrecision(Float32Array.from(stored["coarse"]!), region), stored.averagePrecisionTies, 1e-9);
  near(rankCorrelation(stored["heat"]!, stored["other"]!), stored.spearman, 1e-9);
  near(rankCorrelation(stored["coarse"]!, stored["other"]!), stored.spearmanTies, 1e-9);
  const [heat, other] = [square(stored["heat"]!), square(stored["other"]!)];
  near(structuralSimilarity(heat, other), stored.ssim, 1e-7);
  const corner = ({ values }: HeatMap): HeatMap => ({ values: Float32Array.from({ length: 64 }, (_, i) => values[Math.floor(i / 8) * 16 + (i % 8)]!), height: 8, width: 8 });
  near(structuralSimilarity(corner(heat), corner(other)), stored.ssimSmall, 1e-7);
  near(structuralSimilarity(heat, heat), 1, 1e-12);
});

test("complexity: Gini and entropy as by NumPy and SciPy; an even map of n pixels has 0 and ln n", async () => {
  const map = square(stored["heat"]!);
  near(await measureQuality("sparseness", { map }), stored.gini, 1e-6);
  near(await measureQuality("entropy", { map }), stored.entropy, 1e-5);
  const even = square(Array.from({ length: 64 }, () => 3));
  near(await measureQuality("sparseness", { map: even }), 0);
  near(await measureQuality("entropy", { map: even }), Math.log(64), 1e-6);
  assert.equal(await measureQuality("effective-complexity", { map: square([1, 0.5, 1e-6, -0.2]) }), 3);
});

test("imputation: the linear system as a sparse direct solver has it; a plane is filled in as it was", () => {
  const image = Float32Array.from(stored["image"]!);
  const got = impute(image, Uint8Array.from(stored["missing"]!), { channels: 2, height: 12, width: 10, noise: 0, seed: 1 });
  got.forEach((value, i) => near(value, stored["imputed"]![i]!, 2e-3));
  const ramp = Float32Array.from({ length: 144 }, (_, i) => 0.1 * Math.floor(i / 12) + 0.03 * (i % 12));
  const hole = Uint8Array.from({ length: 144 }, (_, i) => (Math.floor(i / 12) > 2 && Math.floor(i / 12) < 9 && i % 12 > 2 && i % 12 < 9 ? 1 : 0));
  impute(ramp, hole, { channels: 1, height: 12, width: 12, noise: 0, seed: 1 }).forEach((value, i) => near(value, ramp[i]!, 1e-3));
});

/** f_1 = 4 x_0 + 2 x_1 + x_2 + 0 x_3 on images of 2 x 2, f_0 = 0. */
const linear = askModel(
  (images) => Promise.resolve(float32([images.shape[0]!, 2], Array.from({ length: images.shape[0]! }, (_, n) => [0, 4 * images.data[n * 4]! + 2 * images.data[n * 4 + 1]! + images.data[n * 4 + 2]!]).flat())),
  Float32Array.of(1, 1, 1, 0),
  { shape: [1, 2, 2], class: 1 },
);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

test("deletion and pixel flipping by hand on f = 4 a + 2 b + c", async () => {
  const best = { map: square([4, 2, 1, 0]), model: linear };
  near(await measureQuality("deletion", best, { steps: 4 }), areaUnder([7, 3, 1, 0, 0].map(sigmoid)));
  near(await measureQuality("deletion", { ...best, map: square([0, 1, 2, 4]) }, { steps: 4 }), areaUnder([7, 7, 6, 4, 0].map(sigmoid)));
  near(await measureQuality("pixel-flipping", best, { steps: 4 }), (0 + 4 + 6 + 7 + 7) / 5);
});

test("monotonicity by hand: where a pixel speaks against the class the score falls as it comes", async () => {
  const against = { ...linear, logits: async (count: number, fill: (i: number, into: Float32Array) => void) => (await linear.logits(count, fill)).map((row, i) => {
    const pixels = new Float32Array(4);
    fill(i, pixels);
    return Float32Array.of(0, row[1]! - 5 * pixels[1]!);
  }) };
  // f = 4 a − 3 b + c, coldest first c, b, a: 0, 0 (d is black), 1, −2, 2.
  assert.equal(await measureQuality("monotonicity", { map: square([4, 3, 1, 0]), model: against }, { steps: 4 }), 0.75);
  assert.equal(await measureQuality("monotonicity", { map: square([4, 2, 1, 0]), model: linear }, { steps: 4 }), 1);
});

test("confidence of the masked image by hand", async () => {
  const half = { map: square([2, 1, 0, 0]), model: linear };
  const [whole, masked] = [sigmoid(7), sigmoid(5)];
  near(await measureQuality("average-drop", half), (whole - masked) / whole);
  assert.equal(await measureQuality("average-increase", half), 0);
  assert.equal(await measureQuality("average-gain", half), 0);
});

test("a linear model's own contributions are complete, faithful without error, and correlate fully", async () => {
  near(await measureQuality("completeness", { map: square([4, 2, 1, 0]), model: linear }), 0);
  near(await measureQuality("completeness", { map: square([4, 2, 1, 7]), model: linear }), 1);
  near(await measureQuality("infidelity", { map: square([4, 2, 1, 0]), model: linear }), 0);
  near(await measureQuality("faithfulness-correlation", { map: square([4, 2, 1, 0]), model: linear }, { share: 0.5 }), 1);
});

test("sensitivity by hand: the map x of an image moves as far as the image", async () => {
  const model = { ...linear, image: Float32Array.of(1, -1, 1, -1) };
  const method: MethodProbe = { stages: [], classes: 2, class: 1, maps: (images) => Promise.resolve(Array.from({ length: images.shape[0]! }, (_, n) => square([...images.data.subarray(n * 4, n * 4 + 4)]))) };
  const subject = { map: square([1, -1, 1, -1]), model, method };
  near(await measureQuality("local-lipschitz", subject), 1, 1e-5);
  const most = await measureQuality("max-sensitivity", subject, { samples: 200 });
  // Each pixel within 2 % of a range of 2: at most 0.04 of a map whose values are 1 in size.
  assert.ok(most <= 0.04 + 1e-6 && most > 0.025, String(most));
  assert.ok((await measureQuality("average-sensitivity", subject, { samples: 200 })) < most);
});

test("a moved image, moved back, is the image; averaged cells keep the mean", () => {
  const smooth: HeatMap = { values: Float32Array.from({ length: 400 }, (_, i) => Math.sin(Math.floor(i / 20) / 3) + Math.cos((i % 20) / 4)), height: 20, width: 20 };
  const extent = { channels: 1, height: 20, width: 20 };
  for (const motion of [{ angleDeg: 0, shiftPx: [2, -1] }, { angleDeg: 4, shiftPx: [0, 0] }] as const) {
    const moved = { ...smooth, values: moveImage(smooth.values, extent, motion) };
    const [before, after] = aligned(smooth, moved, motion, extent);
    before.values.forEach((value, i) => near(after.values[i]!, value, 0.05));
  }
  const shifted = moveImage(Float32Array.of(0, 0, 0, 0, 5, 0, 0, 0, 0), { channels: 1, height: 3, width: 3 }, { angleDeg: 0, shiftPx: [1, 0] });
  assert.deepEqual([...shifted], [0, 0, 0, 0, 0, 0, 0, 5, 0]);
  const cells = averageCells(smooth, 7).values;
  near(cells.reduce((a, b) => a + b, 0) / 49, smooth.values.reduce((a, b) => a + b, 0) / 400, 1e-5);
});

test("pixels are ranked by value, negative ones last, and ties drawn by the seed", () => {
  assert.deepEqual([...rankPixels(Float32Array.of(-1, 3, 0.5, -2, 0))], [1, 2, 4, 0, 3]);
  const zeros = new Float32Array(50).map((_, i) => (i % 2 === 0 ? 0 : -0));
  assert.notDeepEqual([...rankPixels(zeros, 1)], [...rankPixels(zeros, 2)]);
  assert.deepEqual([...rankPixels(zeros, 1)], [...rankPixels(zeros, 1)]);
  assert.ok([...rankPixels(zeros, 1)].slice(0, 25).some((pixel) => pixel % 2 === 1), "0 and -0 are equal");
});
