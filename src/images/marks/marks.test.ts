import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import type { Plane } from "./contract.js";
import { findComponents } from "./components.js";
import { locateMarks } from "./locate-marks.js";
import { topHat } from "./opening.js";

/** A dark film with a wide bright body and noise: nothing to locate. */
function film(height: number, width: number, seed: number, change: (set: (row: number, column: number, value: number) => void, get: (row: number, column: number) => number) => void = () => undefined): Plane {
  const random = seededRandom("film", seed);
  const pixels = Float32Array.from({ length: height * width }, (_, at) => {
    const x = (at % width) / width - 0.5;
    return 0.12 + 0.55 * Math.exp(-((x / 0.22) ** 2)) + 0.2 * Math.exp(-((x / 0.05) ** 2)) + 0.01 * random.normal();
  });
  change((row, column, value) => (pixels[row * width + column] = value), (row, column) => pixels[row * width + column]!);
  return { pixels, height, width };
}

/** An L of the given height. */
function drawL(set: (row: number, column: number, value: number) => void, row: number, column: number, size: number): void {
  const stroke = Math.max(2, Math.round(size / 6));
  for (let i = 0; i < size; i++) for (let j = 0; j < size * 0.7; j++) if (j < stroke || i >= size - stroke) set(row + i, column + j, 1);
}

test("a letter is found where it stands, at any size of film, and an empty film gives nothing", () => {
  for (const [height, width, size] of [[160, 100, 8], [600, 380, 24], [1300, 700, 52]] as const) {
    const [row, column] = [Math.round(0.06 * height), Math.round(0.08 * width)];
    const { marks } = locateMarks(film(height, width, 1, (set) => drawL(set, row, column, size)));
    assert.equal(marks.length, 1, JSON.stringify(marks));
    const [mark] = marks;
    assert.deepEqual([mark!.kind, mark!.polarity], ["marker", "bright"]);
    assert.ok(Math.abs(mark!.row - row) <= 0.01 * height && Math.abs(mark!.column - column) <= 0.02 * height && Math.abs(mark!.height - size) <= 0.4 * size, JSON.stringify(mark));
    if (height < 1000) assert.deepEqual(locateMarks(film(height, width, 2)).marks, []);
  }
});

test("a dark letter is found on a film shown with white air", () => {
  const light = film(400, 260, 2, (set) => drawL(set, 20, 20, 20));
  const { marks } = locateMarks({ ...light, pixels: light.pixels.map((value) => 1 - value) });
  assert.deepEqual(marks.map(({ kind, polarity }) => [kind, polarity]), [["marker", "dark"]]);
});

test("drawn lines are found with their ends, solid or dashed; the spine is none", () => {
  const draw = (isDrawn: (k: number) => boolean) =>
    locateMarks(film(700, 420, 3, (set) => {
      for (let k = 0; k <= 200; k++) if (isDrawn(k)) for (const d of [0, 1]) set(200 + d + Math.round(k * 0.5), 60 + k, 1);
    })).marks.filter(({ kind }) => kind === "line");
  for (const lines of [draw(() => true), draw((k) => k % 9 < 6)]) {
    assert.equal(lines.length, 1);
    const [[r0, c0], [r1, c1]] = [...lines[0]!.ends!].sort((a, b) => a[1] - b[1]) as [readonly [number, number], readonly [number, number]];
    for (const [found, drawn] of [[r0, 200], [c0, 60], [r1, 300], [c1, 260]] as const) assert.ok(Math.abs(found - drawn) <= 8, `${found} for ${drawn}`);
  }
});

test("padding and a collimator's edge are measured on each side; an image that fills its file has none", () => {
  const { margins } = locateMarks(film(300, 200, 4, (set, get) => {
    for (let i = 0; i < 300; i++) {
      for (let j = 0; j < 20; j++) set(i, j, 0);
      for (let j = 170; j < 200; j++) set(i, j, 0.15 * get(i, j));
    }
    for (let i = 288; i < 300; i++) for (let j = 0; j < 200; j++) set(i, j, 1);
  }));
  assert.equal(margins.bottom.padding, 12 / 300);
  assert.deepEqual([margins.left.edge, margins.top.edge], [20 / 200, 0]);
  assert.ok(Math.abs(margins.bottom.value - 1) < 1e-6);
  const none = locateMarks(film(300, 200, 5)).margins;
  assert.deepEqual(Object.values(none).map(({ padding, edge }) => [padding, edge]), [[0, 0], [0, 0], [0, 0], [0, 0]]);
});

test("the top-hat keeps what is narrower than its window and takes away what is wider (by hand)", () => {
  const width = 40;
  const pixels = new Float32Array(width * width);
  for (let i = 0; i < width; i++) for (let j = 0; j < width; j++) pixels[i * width + j] = j >= 20 ? 0.5 : 0;
  pixels[10 * width + 6] = 1;
  const residual = topHat({ pixels, height: width, width }, 8);
  assert.equal(residual[10 * width + 6], 1);
  assert.equal(residual[10 * width + 30], 0);
});

test("components hang together over corners, and large ones may be left out", () => {
  const belongs = Uint8Array.of(1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1);
  const found = findComponents(belongs, 3, 4);
  assert.deepEqual(found.map(({ row, column, height, width, area }) => [row, column, height, width, area]), [[0, 0, 2, 2, 2], [0, 3, 1, 1, 1], [2, 3, 1, 1, 1]]);
  assert.equal(findComponents(belongs, 3, 4, 1).length, 2);
});
