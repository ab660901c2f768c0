import assert from "node:assert/strict";
import test from "node:test";
import * as fc from "fast-check";
import { placement, toImageFrame, toImagePoint, toNetworkFrame, toNetworkPoint } from "./placement.js";
import type { Preprocessing } from "./preprocessing.js";
import { checkPreprocessing, defaultPreprocessing } from "./preprocessing.js";
import { fitToFrame, normalize, prepare } from "./prepare.js";
import { resizeBilinear } from "./resample.js";
import type { Radiograph } from "./radiograph.js";

const withResize = (resize: Preprocessing["resize"], size = 32, shortSide?: number): Preprocessing => ({ ...defaultPreprocessing, resize, size, shortSide });

test("letterbox keeps the aspect ratio and centers (worked by hand)", () => {
  assert.deepEqual(placement(100, 50, withResize("letterbox")), { height: 100, width: 50, size: 32, rows: 32, columns: 16, top: 0, left: 8 });
  assert.deepEqual(placement(10, 30, withResize("letterbox")), { height: 10, width: 30, size: 32, rows: 11, columns: 32, top: 10, left: 0 });
});

test("center-crop is torchvision's Resize and CenterCrop: 300 x 451 at 256 and 224 (worked by hand)", () => {
  // long side int(256 * 451 / 300) = 384; offsets round((256 - 224) / 2) = 16 and round((384 - 224) / 2) = 80
  assert.deepEqual(placement(300, 451, withResize("center-crop", 224)), { height: 300, width: 451, size: 224, rows: 256, columns: 384, top: -16, left: -80 });
});

const shapes = fc.record({
  height: fc.integer({ min: 2, max: 60 }),
  width: fc.integer({ min: 2, max: 60 }),
  resize: fc.constantFrom<Preprocessing["resize"]>("letterbox", "stretch", "center-crop"),
});

test("a point carried to the network frame and back is the same point (law)", () => {
  fc.assert(
    fc.property(shapes, fc.double({ min: 0, max: 59, noNaN: true }), fc.double({ min: 0, max: 59, noNaN: true }), ({ height, width, resize }, row, column) => {
      const place = placement(height, width, withResize(resize));
      const [r, c] = toImagePoint(toNetworkPoint([row, column], place), place);
      assert.ok(Math.abs(r - row) < 1e-9 && Math.abs(c - column) < 1e-9);
    }),
  );
});

test("a linear ramp carried to the network frame and back is itself inside the image (law)", () => {
  for (const resize of ["letterbox", "stretch", "center-crop"] as const) {
    const [height, width] = [61, 47];
    const place = placement(height, width, withResize(resize, 64, 64));
    const ramp = Float32Array.from({ length: height * width }, (_, i) => 0.2 + 0.004 * Math.floor(i / width) + 0.006 * (i % width));
    const back = toImageFrame(toNetworkFrame(ramp, place), { height: 64, width: 64 }, place);
    for (let i = 9; i < height - 9; i++) for (let j = 9; j < width - 9; j++) assert.ok(Math.abs(back[i * width + j]! - ramp[i * width + j]!) < 2e-3, `${resize} ${i} ${j}: ${back[i * width + j]} ${ramp[i * width + j]}`);
  }
});

test("a bright spot keeps its place in both directions", () => {
  const [height, width] = [120, 40];
  const place = placement(height, width, withResize("letterbox", 60));
  const image = new Float32Array(height * width);
  for (let i = 80; i < 84; i++) for (let j = 10; j < 14; j++) image[i * width + j] = 1;
  const peak = (plane: Float32Array, columns: number) => {
    let [sum, row, column] = [0, 0, 0];
    plane.forEach((value, i) => {
      sum += value;
      row += value * Math.floor(i / columns);
      column += value * (i % columns);
    });
    return [row / sum, column / sum] as const;
  };
  const frame = toNetworkFrame(image, place);
  const expected = toNetworkPoint([81.5, 11.5], place);
  peak(frame, 60).forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 0.05, `${value} ${expected[i]}`));
  peak(toImageFrame(frame, { height: 60, width: 60 }, place), width).forEach((value, i) => assert.ok(Math.abs(value - [81.5, 11.5][i]!) < 0.1));
});

test("a coarse map lands where its cell lies: the lower half of a 2 x 2 map on the lower half of the image", () => {
  const place = placement(90, 30, withResize("letterbox", 224));
  const onImage = toImageFrame(Float32Array.of(0, 0, 1, 1), { height: 2, width: 2 }, place);
  assert.equal(onImage[0], 0);
  assert.equal(onImage[89 * 30 + 15], 1);
  assert.ok(Math.abs(onImage[44 * 30]! + onImage[45 * 30]! - 1) < 1e-6);
});

test("what center-crop cuts away gets 0", () => {
  const place = placement(200, 100, withResize("center-crop", 32, 32));
  const onImage = toImageFrame(new Float32Array(49).fill(1), { height: 7, width: 7 }, place);
  assert.equal(onImage[0], 0);
  assert.equal(onImage[100 * 100 + 50], 1);
});

const image = (height: number, width: number, value: (i: number) => number): Radiograph => ({
  pixels: Float32Array.from({ length: height * width }, (_, i) => value(i)),
  channels: 1,
  height,
  width,
  source: { format: "png", bitDepth: 16, color: false, cmyk: false, alpha: false, orientation: 1, width, height },
});

test("the letterbox's border holds the fill value, normalized like the image", () => {
  const preprocessing: Preprocessing = { channels: "grey", size: 16, resize: "letterbox", mean: [0.5, 0.25, 0], std: [0.5, 0.25, 2], fill: 0.25 };
  const frame = fitToFrame(image(40, 20, () => 0.75), preprocessing);
  assert.equal(frame.length, 256);
  assert.deepEqual([frame[0], frame[3], frame[4], frame[11], frame[12]], [0.25, 0.25, 0.75, 0.75, 0.25]);
  const prepared = prepare(image(40, 20, () => 0.75), preprocessing);
  assert.deepEqual([prepared[0], prepared[4], prepared[256], prepared[260], prepared[512], prepared[516]], [-0.5, 0.5, 0, 2, 0.125, 0.375]);
  assert.deepEqual(normalize(frame, preprocessing), prepared);
});

test("an image decoded with other channels is refused", () => {
  assert.throws(() => prepare(image(20, 20, () => 0), { ...defaultPreprocessing, channels: "rgb" }), { code: "preprocessing" });
});

test("a preprocessing read from outside is checked field by field", () => {
  checkPreprocessing(defaultPreprocessing);
  const wrong: [string, Partial<Record<keyof Preprocessing, unknown>>][] = [
    ["channels", { channels: "gray" }],
    ["size", { size: 0 }],
    ["resize", { resize: "squash" }],
    ["mean", { mean: [0.5, 0.5] }],
    ["std", { std: [1, 1, 0] }],
    ["fill", { fill: 2 }],
    ["shortSide", { resize: "center-crop", shortSide: 100 }],
  ];
  for (const [field, change] of wrong) {
    assert.throws(() => checkPreprocessing({ ...defaultPreprocessing, ...change } as Preprocessing), { message: new RegExp(`preprocessing\\.${field}: expected`) });
  }
});

test("a window fills the frame by its longer side, centered (worked by hand)", () => {
  // scale 32 / 20: 100 x 50 becomes 160 x 80; the window's center (40, 25) comes to 40 * 1.6 = 64 and 25 * 1.6 = 40, to lie at 16.
  const place = placement(100, 50, withResize("letterbox"), { row: 30, column: 20, height: 20, width: 10 });
  assert.deepEqual(place, { height: 100, width: 50, size: 32, rows: 160, columns: 80, top: -48, left: -24 });
});

test("what a window shows is what cutting the whole resized plane shows, exactly (law)", () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 40 }), fc.integer({ min: 8, max: 40 }), fc.double({ min: -0.2, max: 0.9, noNaN: true }), fc.double({ min: 0.2, max: 1.3, noNaN: true }), (height, width, start, share) => {
      const plane = Float32Array.from({ length: height * width }, (_, i) => ((i * 7919) % 101) / 101);
      const window = { row: start * height, column: start * width, height: share * height, width: share * width };
      const place = placement(height, width, withResize("letterbox", 24), window);
      const whole = resizeBilinear(plane, place, { height: place.rows, width: place.columns });
      const frame = toNetworkFrame(plane, place, 0.5);
      for (let i = 0; i < 24; i++) {
        for (let j = 0; j < 24; j++) {
          const [r, c] = [i - place.top, j - place.left];
          const isInside = r >= 0 && r < place.rows && c >= 0 && c < place.columns;
          assert.equal(frame[i * 24 + j], isInside ? whole[r * place.columns + c] : 0.5);
        }
      }
    }),
    { numRuns: 50 },
  );
});
