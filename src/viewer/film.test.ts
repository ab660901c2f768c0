import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import sharp from "sharp";
import { pngBytes } from "../images/images.testkit.js";
import { colorMaps, tableOf, type ColorMapName } from "./film/colormaps.js";
import { decodeRuns, encodeRuns, shapeOf, stroke } from "./film/drawing.js";
import { adjustWindow, pan, toFilm, toImage, transformOf, wholeOf, windowOf, zoomAt, type View } from "./film/film-view.js";
import { measureAngleDeg, measureCobbDeg, measureLength, measureSlip } from "./film/measure.js";
import { windowGrey } from "./film/paint-grey.js";
import { enlarge, paintHeat } from "./film/paint-heat.js";
import { readGreyPng } from "./film/read-png.js";

const near = (actual: number, expected: number, tolerance = 1e-9): void => assert.ok(Math.abs(actual - expected) <= tolerance, `expected ${expected}, got ${actual}`);

// Oracle: by hand.
test("grey values go through the window, black below it and white above, and may be inverted", () => {
  const shown = (pixels: Uint8Array | Uint16Array, bits: 8 | 16, window: readonly [number, number], isInverted = false): number[] => [...windowGrey({ height: 1, width: pixels.length, bits, pixels }, { window, isInverted })].filter((_, i) => i % 4 === 0);
  assert.deepEqual(shown(Uint8Array.of(0, 51, 102, 255), 8, [0, 1]), [0, 51, 102, 255]);
  assert.deepEqual(shown(Uint8Array.of(0, 51, 102, 153, 255), 8, [0.2, 0.6]), [0, 0, 128, 255, 255]);
  assert.deepEqual(shown(Uint16Array.of(0, 13_107, 65_535), 16, [0, 1], true), [255, 204, 0]);
  assert.deepEqual([...windowGrey({ height: 1, width: 1, bits: 8, pixels: Uint8Array.of(7) }, { window: [0, 1], isInverted: false })], [7, 7, 7, 255]);
});

// Oracle: by hand, with pixels of 2 mm x 1 mm.
test("lengths, angles, Cobb angles and slips are measured in millimetres", () => {
  const spacing = [2, 1] as const;
  near(measureLength([0, 0], [2, 3], spacing), 5);
  near(measureAngleDeg([0, 10], [0, 0], [5, 0], spacing), 90);
  near(measureAngleDeg([0, 10], [0, 0], [0, -3], spacing), 180);
  const plates = [[0, 0], [0, 10], [20, 0], [25, 10]] as const;
  near(measureCobbDeg(plates, spacing), 45);
  // The order of a plate's ends does not matter.
  near(measureCobbDeg([plates[1], plates[0], plates[2], plates[3]], spacing), 45);
  const slip = measureSlip([[10, 0], [10, 40], [9, 12], [8, 50]], spacing);
  near(slip.length, 12);
  near(slip.share, 0.3);
  assert.equal(slip.grade, 2);
  assert.equal(measureSlip([[10, 0], [10, 40], [9, -4], [8, 30]], spacing).grade, 1);
  assert.deepEqual([0.01, 0.25, 0.5, 0.75, 1, 1.2].map((share) => measureSlip([[0, 0], [0, 1], [0, share], [0, 2]], [1, 1]).grade), [0, 1, 2, 3, 4, 5]);
});

const views = fc.record({ zoom: fc.double({ min: 0.3, max: 20, noNaN: true }), center: fc.tuple(fc.double({ min: -50, max: 800, noNaN: true }), fc.double({ min: -50, max: 800, noNaN: true })), rotationDeg: fc.constantFrom<View["rotationDeg"]>(0, 90, 180, 270), isInverted: fc.boolean(), window: fc.constant<[number, number]>([0, 1]) });
const image = { height: 700, width: 500 };
const film = { height: 600, width: 900 };

test("a point goes to the film and back, and what is under the pointer stays there", () => {
  fc.assert(
    fc.property(views, fc.double({ min: 0, max: 900, noNaN: true }), fc.double({ min: 0, max: 600, noNaN: true }), (view, x, y) => {
      const transform = transformOf(view, image, film, [0.2, 0.1]);
      const point = toImage(transform, x, y);
      toFilm(transform, point).forEach((value, i) => near(value, [x, y][i]!, 1e-6));
      const zoomed = transformOf(zoomAt(view, transform, 1.5, x, y), image, film, [0.2, 0.1]);
      toFilm(zoomed, point).forEach((value, i) => near(value, [x, y][i]!, 1e-6));
      const moved = transformOf(pan(view, transform, 7, -3), image, film, [0.2, 0.1]);
      toFilm(moved, point).forEach((value, i) => near(value, [x + 7, y - 3][i]!, 1e-6));
    }),
  );
  // Oracle: by hand. 700 x 500 pixels fit 600 x 900 by 600/700; turned, by 600/500.
  const whole = wholeOf(image);
  near(transformOf(whole, image, film, [1, 1]).scale, 600 / 700);
  near(transformOf({ ...whole, rotationDeg: 90 }, image, film, [1, 1]).scale, 600 / 500);
  assert.deepEqual(toFilm(transformOf({ ...whole, rotationDeg: 90 }, image, film, [1, 1]), [0, 0]).map(Math.round), [870, 0]);
  const narrowed = windowOf(adjustWindow(whole, -0.5, 0.1));
  near(narrowed.width, 0.5);
  near(narrowed.level, 0.6);
});

test("runs of a mask come back as they were, and a stroke paints a disc", () => {
  fc.assert(fc.property(fc.uint8Array({ max: 1, maxLength: 300 }), (mask) => assert.deepEqual(decodeRuns(encodeRuns(mask), mask.length), mask)));
  const mask = new Uint8Array(40 * 40);
  stroke(mask, { height: 40, width: 40 }, [20, 20], [20, 20], { radius: 10, value: 1 });
  near(mask.reduce((sum, value) => sum + value, 0), Math.PI * 100, 12);
  stroke(mask, { height: 40, width: 40 }, [0, 0], [39, 39], { radius: 60, value: 0 });
  assert.deepEqual(encodeRuns(mask), []);
  assert.deepEqual(shapeOf("box", [[9, 8], [1, 2]]), { kind: "box", box: { row: 1, column: 2, height: 8, width: 6 } });
  assert.equal(shapeOf("box", [[9, 8], [9, 2]]), undefined);
  assert.equal(shapeOf("polygon", [[0, 0], [1, 1]]), undefined);
});

// Oracle: sharp.
test("grey PNG files of 8 and 16 bits are read with all of their depth", async () => {
  const [width, height] = [37, 23];
  for (const bits of [8, 16] as const) {
    const pixels = bits === 8 ? Uint8Array.from({ length: width * height }, (_, i) => (i * i) % 251) : Uint16Array.from({ length: width * height }, (_, i) => (i * i * 7) % 65_521);
    const bytes = new Uint8Array(pngBytes(width, height, bits, 0, pixels));
    assert.deepEqual(await readGreyPng(bytes), { height, width, bits, pixels });
  }
  const smooth = Uint8Array.from({ length: 64 * 64 }, (_, i) => 120 + 100 * Math.sin(i / 40));
  const filtered = new Uint8Array(await sharp(smooth, { raw: { width: 64, height: 64, channels: 1 } }).toColourspace("b-w").png({ adaptiveFiltering: true }).toBuffer());
  assert.deepEqual((await readGreyPng(filtered))!.pixels, smooth);
  assert.equal(await readGreyPng(new Uint8Array(await sharp(smooth, { raw: { width: 64, height: 64, channels: 1 } }).jpeg().toBuffer())), undefined);
});

/** CIE L* of sRGB. */
function lightness(table: Uint8ClampedArray, i: number): number {
  const linear = [0, 1, 2].map((c) => table[3 * i + c]! / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  const y = 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
}

test("every color map grows lighter in nearly equal steps, the diverging one towards its middle", () => {
  for (const name of Object.keys(colorMaps) as ColorMapName[]) {
    const table = tableOf(name);
    const ends = "isDiverging" in colorMaps[name] ? 129 : 256;
    const values = Array.from({ length: ends }, (_, i) => lightness(table, i));
    const steps = values.slice(8).map((value, i) => value - values[i]!);
    const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
    assert.ok(mean > 0, name);
    assert.ok(Math.min(...steps) > 0.3 * mean && Math.max(...steps) < 2.2 * mean, `${name}: ${Math.min(...steps)} to ${Math.max(...steps)} about ${mean}`);
  }
});

test("a map is shown from the threshold on, and enlarged between the centers of its pixels", () => {
  const large = enlarge({ values: Float32Array.of(0, 1, 0, 1), height: 2, width: 2, signed: false });
  assert.deepEqual([large.height, large.width, large.values[0], large.values[255]], [256, 256, 0, 1]);
  near(large.values[127]! + large.values[128]!, 1, 1e-6);
  const painted = paintHeat(large, { colors: "viridis", threshold: 0.5 });
  assert.deepEqual([painted[3], painted[4 * 255 + 3]], [0, 255]);
  assert.deepEqual([...painted.subarray(4 * 255, 4 * 255 + 3)], [0xfd, 0xe7, 0x25]);
  const signed = paintHeat({ values: Float32Array.of(-1, 0, 1), height: 1, width: 3, signed: true }, { colors: "viridis", threshold: 0 });
  assert.deepEqual([signed[3], signed[7], signed[11]], [255, 0, 255]);
});
