import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../base/index.js";
import { sampleSubject } from "../anatomy/subject.js";
import { discStates, levelsOfState, sampleDiscs, type DiscLevel } from "./disc-state.js";
import { makeDiscMri } from "./disc-mri.js";
import { addGhosts, addRicianNoise } from "./noise.js";
import { ellipseCorners, fillPolygon, type Canvas } from "./paint.js";
import { sequences, spinEchoSignal, tissues } from "./tissue.js";

test("the spin-echo signal equals its formula by hand", () => {
  // TR = T1, TE = T2: (1 - 1/e) / e.
  const signal = spinEchoSignal({ t1Ms: 1000, t2Ms: 80, protonDensity: 1 }, { trMs: 1000, teMs: 80 });
  assert.ok(Math.abs(signal - (1 - Math.exp(-1)) * Math.exp(-1)) < 1e-12);
});

test("fluid is the brightest tissue on T2 and darker than fat on T1; discs darken with the Pfirrmann grade on T2", () => {
  const [t1, t2] = [(name: keyof typeof tissues) => spinEchoSignal(tissues[name], sequences.t1), (name: keyof typeof tissues) => spinEchoSignal(tissues[name], sequences.t2)];
  assert.ok((Object.keys(tissues) as (keyof typeof tissues)[]).every((name) => name === "fluid" || t2(name) < t2("fluid")));
  assert.ok(t1("fluid") < t1("fat") / 3);
  const grades = ["nucleus-1", "nucleus-2", "nucleus-3", "nucleus-4", "nucleus-5"] as const;
  for (let i = 1; i < 5; i++) assert.ok(t2(grades[i]!) < t2(grades[i - 1]!));
});

test("where there is no signal the noise follows Rayleigh's law: mean sigma sqrt(pi / 2), and far above it the bias is sigma² / 2 s", () => {
  const sigma = 0.1;
  const empty = new Float32Array(200000);
  addRicianNoise(empty, sigma, seededRandom("rice"));
  const mean = empty.reduce((a, b) => a + b, 0) / empty.length;
  assert.ok(Math.abs(mean / (sigma * Math.sqrt(Math.PI / 2)) - 1) < 0.01);
  const full = new Float32Array(200000).fill(1);
  addRicianNoise(full, sigma, seededRandom("rice 2"));
  assert.ok(Math.abs(full.reduce((a, b) => a + b, 0) / full.length - 1 - (sigma * sigma) / 2) < 0.001);
});

test("ghosts keep the sum of the image", () => {
  const image = Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 97) / 97);
  const before = image.reduce((a, b) => a + b, 0);
  addGhosts(image, 64, 64, { strength: 0.1, shiftPx: 9 });
  assert.ok(Math.abs(image.reduce((a, b) => a + b, 0) - before) < 1e-2);
});

test("a filled ellipse has its area", () => {
  const canvas: Canvas = { width: 400, height: 400, pitchMm: 0.25, frontMm: -50, topMm: 50, data: new Uint8Array(400 * 400) };
  fillPolygon(canvas, ellipseCorners([3, -4], [20, 12], 0.4), 7);
  const area = canvas.data.filter((v) => v === 7).length * 0.0625;
  // A polygon of 48 corners lacks 1 - sin(x) / x with x = 2 pi / 48: 0.29 %.
  assert.ok(Math.abs(area / (Math.PI * 240) - 1) < 0.006);
});

test("each state is made with its disc and canal, the same from the same seed", () => {
  for (const [index, state] of discStates.entries()) {
    const made = makeDiscMri({ seed: 4, index, state, size: 128 });
    const disc = made.truth.discs.find(({ level }) => level === made.truth.level)!;
    assert.equal(disc.herniationMm > 0, state === "herniation");
    if (state === "stenosis") assert.ok(disc.canalMm < 10);
    else if (state === "normal") assert.ok(disc.canalMm >= 15);
    assert.ok(made.truth.region.some((v) => v > 0) && made.truth.discLabels.some((v) => v > 0));
    assert.deepEqual(makeDiscMri({ seed: 4, index, state, size: 128 }).pixels, made.pixels);
  }
});

test("a stenosis leaves less bright fluid behind its disc than a normal canal on T2", () => {
  const fluid = (state: "normal" | "stenosis"): number => {
    const { pixels, truth } = makeDiscMri({ seed: 6, index: 2, state, level: "L4", size: 192, noise: 0.03 });
    return pixels.filter((v, i) => truth.region[i] === 255 && v > 0.6).length * truth.spacingMm[0] ** 2;
  };
  assert.ok(fluid("stenosis") < 0.6 * fluid("normal"), `${fluid("stenosis")} against ${fluid("normal")} mm²`);
});

test("images of a normal disc hold no herniation, stenosis or bulge at any disc; findings have their clinical sizes", () => {
  for (let index = 0; index < 60; index++) {
    for (const state of discStates) {
      const random = seededRandom("states", index, state);
      const subject = sampleSubject(random.fork("subject"), { ageYears: [20, 75] });
      const level = random.pick<DiscLevel>(levelsOfState[state]);
      const discs = sampleDiscs(subject, state, level, random);
      for (const disc of discs) {
        if (state === "normal" || (disc.level !== level && state !== "stenosis")) assert.ok(disc.herniationMm === 0 && disc.canalMm >= 15 && disc.bulgeMm <= 1.2 && disc.flavumMm < 4);
      }
      const target = discs.find((d) => d.level === level)!;
      if (state === "herniation") assert.ok(target.herniationMm >= 4 && target.herniationMm <= 12 && target.canalMm > 3);
      if (state === "stenosis") assert.ok(target.canalMm < 10 && target.flavumMm > 4);
      if (state === "bulge") assert.ok(target.bulgeMm >= 2 && target.canalMm >= 10);
    }
  }
});

test("the field of view is that of a lumbar coil unless another is asked for", () => {
  const spacing = (fieldMm?: [number, number]): number => makeDiscMri({ seed: 1, index: 0, state: "normal", size: 64, fieldMm }).truth.spacingMm[0] * 64;
  assert.ok(spacing() >= 165 && spacing() <= 190);
  assert.ok(Math.abs(spacing([250, 250]) - 250) < 1e-9);
});

test("a size that cannot be made is refused", () => {
  assert.throws(() => makeDiscMri({ seed: 1, index: 0, state: "normal", size: 5000 }), { code: "phantom-size" });
});
