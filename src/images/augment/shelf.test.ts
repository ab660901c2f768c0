import assert from "node:assert/strict";
import test from "node:test";
import type { Tensor } from "../../base/index.js";
import { float32, seededRandom } from "../../base/index.js";
import { activeAugmentations, augment } from "../augment.js";
import type { Augmentation } from "./contract.js";
import type { AugmentationName, AugmentationRecipe } from "./index.js";
import { augmentations } from "./index.js";

const random = seededRandom("augment-shelf");
const values = (n: number) => Float32Array.from({ length: n }, () => random.uniform());
const plane = float32([24, 20], values(480));
const color = float32([3, 24, 20], values(1440));
const names = Object.keys(augmentations) as AugmentationName[];

function recipeOf(name: AugmentationName, strength: number): AugmentationRecipe {
  return { [name]: { [augmentations[name].parameter.name]: strength } };
}

/** Strongest setting within the bounds. */
function strongest({ parameter }: Augmentation): number {
  return parameter.identity === parameter.minimum ? parameter.maximum : parameter.minimum;
}

for (const name of names) {
  const item: Augmentation = augmentations[name];
  const { parameter } = item;

  test(`${name}: the facts are complete and the bounds in order`, () => {
    for (const text of [item.title, item.summary, item.reference, parameter.name, parameter.unit]) assert.ok(text.length > 2);
    assert.ok(parameter.minimum < parameter.maximum);
    for (const value of [parameter.identity, parameter.suggested]) assert.ok(value >= parameter.minimum && value <= parameter.maximum);
    assert.notEqual(parameter.suggested, parameter.identity);
  });

  test(`${name}: zero strength is the identity, bit for bit, even where it is applied`, () => {
    for (const image of [plane, color]) {
      assert.deepEqual(augment(image, recipeOf(name, parameter.identity), { random: seededRandom(1) }).data, image.data);
    }
    const size = { height: 24, width: 20 };
    if (item.kind === "geometric") assert.deepEqual(item.draw(parameter.identity, seededRandom(1), size).map((value) => value + 0), [1, 0, 0, 0, 1, 0]);
    else {
      const copy = plane.data.slice();
      item.apply(copy, parameter.identity, seededRandom(1), size);
      assert.deepEqual(copy, plane.data);
    }
  });

  test(`${name}: the same seed gives the same bits, another seed others, and the input is left alone`, () => {
    const recipe = recipeOf(name, strongest(item));
    const before = color.data.slice();
    const results = [1, 1, 2, 3, 4].map((seed) => augment(color, recipe, { random: seededRandom(seed) }).data);
    assert.deepEqual(results[0], results[1]);
    if (name === "flip") assert.notDeepEqual(results[0], color.data);
    else assert.ok(results.slice(2).some((other) => other.some((value, i) => value !== results[0]![i])));
    assert.deepEqual(color.data, before);
  });

  test(`${name}: values stay in 0..1 at the strongest setting`, () => {
    for (let seed = 0; seed < 5; seed++) {
      const { data, shape } = augment(plane, recipeOf(name, strongest(item)), { random: seededRandom(seed), fill: 0.5 });
      assert.deepEqual(shape, [24, 20]);
      assert.ok(data.every((value) => value >= 0 && value <= 1));
    }
  });

  test(`${name}: every color plane is treated as it would be alone`, () => {
    if (name === "contrast") return; // its mean is that of all planes
    const recipe = recipeOf(name, strongest(item));
    const all = augment(color, recipe, { random: seededRandom(5) }).data;
    for (let c = 0; c < 3; c++) {
      const one = float32([24, 20], color.data.slice(c * 480, (c + 1) * 480));
      assert.deepEqual(augment(one, recipe, { random: seededRandom(5) }).data, all.slice(c * 480, (c + 1) * 480));
    }
  });

  test(`${name}: strength out of bounds or a wrong setting is refused with the bounds`, () => {
    assert.throws(() => activeAugmentations(recipeOf(name, parameter.maximum + 1)), { code: "augmentation-strength", message: new RegExp(`${name}\\.${parameter.name}: expected ${parameter.minimum} to ${parameter.maximum}`) });
    assert.throws(() => activeAugmentations(recipeOf(name, Number.NaN)), { code: "augmentation-strength" });
    assert.throws(() => activeAugmentations({ [name]: { power: 3 } }), { code: "augmentation-strength", message: /got power/ });
  });
}

test("an unknown augmentation names the nearest", () => {
  assert.throws(() => augment(plane, { rotate: { maxDeg: 3 } } as AugmentationRecipe, { random }), { code: "unknown-augmentation", message: /Did you mean "rotation"/ });
});

test("adding an augmentation does not change what another draws", () => {
  const flipped = (recipe: AugmentationRecipe) => augment(plane, { ...recipe, flip: { probability: 0.5 } }, { random: seededRandom(9) });
  assert.deepEqual(flipped({}).data, flipped({ shear: { maxDeg: 0 } }).data);
  const seeds = Array.from({ length: 12 }, (_, seed) => seed);
  const mirrored = (image: Tensor<"float32">) => image.data[0] === plane.data[19];
  for (const seed of seeds) {
    const alone = augment(plane, { flip: { probability: 0.5 } }, { random: seededRandom(seed) });
    const expected = mirrored(alone) ? -1 : 1;
    assert.equal(augmentations.flip.draw(0.5, seededRandom(seed).fork("flip"), { height: 24, width: 20 })[4], expected);
  }
});

test("flip mirrors exactly (worked by hand)", () => {
  const image = float32([2, 3], [1, 2, 3, 4, 5, 6].map((value) => value / 8));
  const { data } = augment(image, { flip: { probability: 1 } }, { random });
  assert.deepEqual([...data].map((value) => value * 8), [3, 2, 1, 6, 5, 4]);
});

test("blur and noise keep the mean, blur a constant (law)", () => {
  const flat = float32([40, 40], new Float32Array(1600).fill(0.5));
  const blurred = augment(flat, { blur: { maxSigmaPx: 3 } }, { random: seededRandom(2) }).data;
  assert.ok(blurred.every((value) => Math.abs(value - 0.5) < 1e-6));
  const noisy = augment(flat, { noise: { maxStd: 0.1 } }, { random: seededRandom(2) }).data;
  assert.ok(Math.abs(noisy.reduce((sum, value) => sum + value, 0) / 1600 - 0.5) < 0.01);
});

test("noise is normal: mean 0, skewness 0 and kurtosis 3 (law)", () => {
  const flat = float32([300, 300], new Float32Array(90000).fill(0.5));
  const { data } = augment(flat, { noise: { maxStd: 0.1 } }, { random: seededRandom(11) });
  const moment = (power: number) => data.reduce((sum, value) => sum + (value - 0.5) ** power, 0) / data.length;
  const std = Math.sqrt(moment(2));
  assert.ok(std > 0 && std <= 0.1);
  assert.ok(Math.abs(moment(1) / std) < 0.02 && Math.abs(moment(3) / std ** 3) < 0.05);
  assert.ok(Math.abs(moment(4) / std ** 4 - 3) < 0.1, `${moment(4) / std ** 4}`);
});

test("blur spreads a point to a Gaussian of the drawn width (law: variance of the spot)", () => {
  const image = float32([41, 41], new Float32Array(1681));
  image.data[20 * 41 + 20] = 1;
  const random = () => seededRandom(4);
  const sigma = random().fork("blur").between(0, 3);
  const { data } = augment(image, { blur: { maxSigmaPx: 3 } }, { random: random() });
  const variance = (of: (i: number) => number) => data.reduce((sum, value, i) => sum + value * (of(i) - 20) ** 2, 0);
  for (const axis of [(i: number) => Math.floor(i / 41), (i: number) => i % 41]) assert.ok(Math.abs(Math.sqrt(variance(axis)) / sigma - 1) < 0.03);
});

test("rotation turns about the center and keeps its value", () => {
  const image = float32([21, 21], new Float32Array(441));
  image.data[10 * 21 + 10] = 1;
  for (let seed = 0; seed < 5; seed++) {
    const { data } = augment(image, { rotation: { maxDeg: 45 } }, { random: seededRandom(seed) });
    assert.ok(Math.abs(data[10 * 21 + 10]! - 1) < 1e-6);
  }
});

test("geometric augmentations are one resampling: rotation forth and back composes to the identity", async () => {
  const { composeAffine, resampleAffine } = await import("./affine.js");
  const turn = (angle: number) => [Math.cos(angle), -Math.sin(angle), 0, Math.sin(angle), Math.cos(angle), 0] as const;
  const map = composeAffine(turn(0.3), turn(-0.3));
  const result = resampleAffine(plane.data, { height: 24, width: 20 }, map, 0);
  result.forEach((value, i) => assert.ok(Math.abs(value - plane.data[i]!) < 1e-6));
});

test("an affine resampling equals the four-neighbor formula in float64 (law)", async () => {
  const { resampleAffine } = await import("./affine.js");
  const map = [0.9, 0.2, 1.5, -0.15, 1.1, -2.25] as const;
  const result = resampleAffine(plane.data, { height: 24, width: 20 }, map, 0.4);
  const at = (r: number, c: number) => (r < 0 || c < 0 || r >= 24 || c >= 20 ? 0.4 : plane.data[r * 20 + c]!);
  for (let i = 0; i < 24; i++) {
    for (let j = 0; j < 20; j++) {
      const [y, x] = [i - 11.5, j - 9.5];
      const [row, column] = [map[0] * y + map[1] * x + map[2] + 11.5, map[3] * y + map[4] * x + map[5] + 9.5];
      const [r, c] = [Math.floor(row), Math.floor(column)];
      const [v, u] = [row - r, column - c];
      const expected = (1 - v) * ((1 - u) * at(r, c) + u * at(r, c + 1)) + v * ((1 - u) * at(r + 1, c) + u * at(r + 1, c + 1));
      assert.ok(Math.abs(result[i * 20 + j]! - expected) < 1e-6);
    }
  }
});
