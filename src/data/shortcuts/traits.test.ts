import assert from "node:assert/strict";
import test from "node:test";
import sharp from "sharp";
import { seededRandom } from "../../base/index.js";
import { measureTraits } from "./measure-traits.js";
import { readName } from "./name-tokens.js";
import { measureNoise } from "./noise-traits.js";
import { sampleForTraits } from "./sample-for-traits.js";

const png = (height: number, width: number, value: (row: number, column: number) => number): Promise<Buffer> =>
  sharp(Uint8Array.from({ length: height * width }, (_, at) => value(Math.floor(at / width), at % width)), { raw: { width, height, channels: 1 } }).png().toBuffer();

test("brightness, thumbnail and what lies outside of a region (by hand)", async () => {
  const bytes = await png(80, 40, (_row, column) => (column < 20 ? 51 : 204));
  const traits = await measureTraits(bytes, { name: "a.png", boxes: [{ row: 0, column: 0, height: 80, width: 19 }] });
  assert.deepEqual([traits.height, traits.width], [80, 40]);
  assert.ok(Math.abs(traits.brightness.mean - 0.5) < 1e-6 && Math.abs(traits.brightness.deviation - 0.3) < 1e-6);
  assert.ok(traits.thumbnail.every((cell, i) => Math.abs(cell - (i % 8 < 4 ? -1 : 1)) < 1e-5));
  // The box and its room of 1.2 pixels cover the left half: these cells are not known.
  assert.ok(traits.outside!.every((cell, i) => (i % 8 < 4 ? Number.isNaN(cell) : Math.abs(cell - 1) < 1e-5)));
  const whole = await measureTraits(bytes, { name: "a.png", boxes: [{ row: 0, column: 0, height: 80, width: 40 }] });
  assert.equal(whole.outside, undefined);
});

test("a region in a file that cannot be read is no region, and a damaged image is refused by name", async () => {
  const bytes = await png(40, 40, (row, column) => (row * column) % 256);
  assert.equal((await measureTraits(bytes, { name: "a.png", region: "/none.png" })).outside, undefined);
  await assert.rejects(measureTraits(bytes.subarray(0, 60), { name: "a.png" }), { name: "DataError", message: /^a\.png: / });
});

test("the noise of a known deviation is found within a tenth, on top of edges; averaging halves it (law)", () => {
  const random = seededRandom("noise");
  const [height, width] = [200, 200];
  for (const deviation of [0.01, 0.05]) {
    const pixels = Float32Array.from({ length: height * width }, (_, at) => (at % width < 83 ? 0.3 : 0.6) + deviation * random.normal());
    const noise = measureNoise({ pixels, height, width });
    assert.ok(Math.abs(noise.fine / deviation - 1) < 0.1, JSON.stringify(noise));
    assert.ok(Math.abs(noise.coarse / deviation - 0.5) < 0.08, String(noise.coarse));
    assert.ok(Math.abs(noise.blockiness - 1) < 0.15, JSON.stringify(noise));
  }
});

test("steps at the borders of blocks are seen after strong JPEG compression", async () => {
  const random = seededRandom("blocks");
  const smooth = await png(160, 160, (row, column) => 100 + row / 3 + column / 4 + 3 * random.normal());
  const traits = await measureTraits(await sharp(smooth).jpeg({ quality: 20 }).toBuffer(), { name: "a.jpg" });
  assert.ok(traits.noise.blockiness > 1.5, String(traits.noise.blockiness));
});

test("names are read without folders and without the names of the classes", () => {
  assert.deepEqual(readName("scoliosis/Scoliosis-007 left.JPG", ["normal", "scoliosis"]), { pattern: "-000 a", words: ["left"], number: 7, length: 9 });
  assert.deepEqual(readName("x.png", ["normal", "other"]), { pattern: "a", words: [], number: Number.NaN, length: 1 });
});

test("many images are sampled with the classes' shares, the same each time", () => {
  const cases = Array.from({ length: 9000 }, (_, i) => ({ id: String(i), label: i % 90 === 0 ? "rare" : "usual" }));
  const [a, b] = [sampleForTraits(cases), sampleForTraits(cases)];
  assert.deepEqual([...a], [...b]);
  const rare = [...a].filter((i) => cases[i]!.label === "rare").length;
  assert.deepEqual([rare, a.size - rare], [100, 1977]);
  assert.equal(sampleForTraits(cases.slice(0, 50)).size, 50);
});
