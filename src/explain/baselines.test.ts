import assert from "node:assert/strict";
import test from "node:test";
import { baselineOf, blur } from "./baselines.js";
import { normalImages, sum } from "./toy-network.testkit.js";

const [channels, height, width] = [2, 6, 5];
const image = normalImages(1, [channels, height, width], 9).data;
const subject = { image, channels, height, width };

test("zero, a number and an image are themselves", () => {
  assert.ok(baselineOf("zero", subject).every((value) => value === 0));
  assert.ok(baselineOf(0.25, subject).every((value) => value === 0.25));
  assert.equal(baselineOf(image, subject), image);
});

test("the mean is that of each channel (by hand)", () => {
  const found = baselineOf("mean", { image: Float32Array.of(1, 3, 10, 30), channels: 2, height: 1, width: 2 });
  assert.deepEqual([...found], [2, 2, 20, 20]);
});

test("blurring keeps a flat image and makes the range of another smaller", () => {
  const flat = new Float32Array(image.length).fill(3);
  assert.ok(blur({ ...subject, image: flat }, 1.5).every((value) => Math.abs(value - 3) < 1e-6));
  const blurred = baselineOf("blur", subject);
  assert.ok(Math.max(...blurred) < Math.max(...image) && Math.min(...blurred) > Math.min(...image));
});

test("a lone pixel is blurred to the Gaussian's weights, which sum to one, the same along both axes", () => {
  const point = new Float32Array(15 * 15);
  point[7 * 15 + 7] = 1;
  const found = blur({ image: point, channels: 1, height: 15, width: 15 }, 1);
  assert.ok(Math.abs(sum(found) - 1) < 1e-5);
  assert.ok(Math.abs(found[7 * 15 + 8]! - found[8 * 15 + 7]!) < 1e-7);
  assert.ok(Math.abs(found[7 * 15 + 8]! / found[7 * 15 + 7]! - Math.exp(-0.5)) < 1e-5);
});

test("uniform noise stays in the image's range and is the same for a seed", () => {
  const found = baselineOf("uniform", subject, 4);
  assert.deepEqual(found, baselineOf("uniform", subject, 4));
  assert.notDeepEqual(found, baselineOf("uniform", subject, 5));
  assert.ok(found.every((value) => value >= Math.min(...image) && value <= Math.max(...image)));
});

test("a baseline of another size or kind is refused", () => {
  assert.throws(() => baselineOf(new Float32Array(3), subject), { code: "baseline" });
  assert.throws(() => baselineOf("white" as "zero", subject), { code: "baseline" });
});
