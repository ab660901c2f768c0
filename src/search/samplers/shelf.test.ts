import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { checkSpace, coordinateOf, isActive, scaleOf, type SearchSpace } from "../space.js";
import type { TrialResult } from "../trial.js";
import { gridPoints } from "./grid.js";
import { hypercubePoint } from "./latin-hypercube.js";
import { samplers, type SamplerName } from "./index.js";
import { scrambledPoint, sobolInteger } from "./sobol.js";

const space: SearchSpace = {
  rate: { log: [1e-5, 1e-1] },
  dropout: { float: [0, 0.6] },
  stages: { int: [1, 4] },
  optimizer: { choice: ["sgd", "adamw"] },
  momentum: { float: [0.1, 0.9], when: { optimizer: "sgd" } },
};
checkSpace(space);

/** A search of made-up scores. */
function run(name: SamplerName, seed: number, trials: number): TrialResult[] {
  const results: TrialResult[] = [];
  for (let trial = 0; trial < trials; trial++) {
    const settings = samplers[name].propose({ space, seed, trial, trials, results });
    results.push({ trial, settings, resource: 1, score: trial % 7 === 3 ? undefined : Math.sin(trial) });
  }
  return results;
}

for (const name of Object.keys(samplers) as SamplerName[]) {
  test(`${name}: values inside the space, active ones alone, the same for the same seed whatever was asked before`, () => {
    const results = run(name, 5, 30);
    for (const { settings } of results) {
      for (const [key, parameter] of Object.entries(space)) {
        assert.equal(Object.hasOwn(settings, key), isActive(parameter, settings), key);
        if (!Object.hasOwn(settings, key)) continue;
        const scale = scaleOf(parameter);
        if (scale === undefined) assert.ok("choice" in parameter && parameter.choice.includes(settings[key]!));
        else assert.ok(Number(settings[key]) >= scale.low && Number(settings[key]) <= scale.high);
      }
    }
    // Law: a proposal depends on the request alone.
    for (const trial of [29, 3, 17]) {
      const again = samplers[name].propose({ space, seed: 5, trial, trials: 30, results: results.slice(0, trial) });
      assert.deepEqual(again, results[trial]!.settings);
    }
    assert.notDeepEqual(run(name, 6, 30), results);
  });
}

test("grid: by hand, 3 x 3 x 3 x (1 + 3) points with the conditional parameter; both ends; all of them where enough trials", () => {
  const points = gridPoints(space);
  assert.equal(points.length, 3 * 3 * 3 * 4);
  assert.equal(new Set(points.map((point) => JSON.stringify(point))).size, points.length);
  assert.deepEqual([...new Set(points.map((point) => point["rate"]))], [1e-5, 1e-3, 1e-1]);
  assert.deepEqual([...new Set(points.map((point) => point["stages"]))], [1, 3, 4]);
  const few = Array.from({ length: 20 }, (_, trial) => JSON.stringify(samplers.grid.propose({ space, seed: 1, trial, trials: 20, results: [] })));
  assert.equal(new Set(few).size, 20, "a part of the grid, no point twice");
  assert.throws(() => gridPoints(Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`p${i}`, { float: [0, 1] as const }]))), { code: "search-grid" });
});

test("law: a Latin hypercube of n points has one in every n-th part of every axis", () => {
  const n = 17;
  const points = Array.from({ length: n }, (_, i) => hypercubePoint(i, { n, d: 5, seed: 3 }));
  for (let axis = 0; axis < 5; axis++) {
    const parts = points.map((point) => Math.floor(point[axis]! * n)).sort((a, b) => a - b);
    assert.deepEqual(parts, Array.from({ length: n }, (_, i) => i));
  }
});

test("Sobol': the first ten points in three dimensions that Joe and Kuo print", () => {
  // Joe and Kuo's page of sobol.cc, "sobol 10 3 new-joe-kuo-6.21201".
  const published = [
    [0, 0, 0],
    [0.5, 0.5, 0.5],
    [0.75, 0.25, 0.25],
    [0.25, 0.75, 0.75],
    [0.375, 0.375, 0.625],
    [0.875, 0.875, 0.125],
    [0.625, 0.125, 0.875],
    [0.125, 0.625, 0.375],
    [0.1875, 0.3125, 0.9375],
    [0.6875, 0.8125, 0.4375],
  ];
  assert.deepEqual(published.map((_, i) => [0, 1, 2].map((d) => sobolInteger(i, d) / 2 ** 32)), published);
});

test("Sobol': 40 dimensions as SciPy 1.10 and PyTorch 1.13 draw them, at the start and far on", () => {
  interface Stored { bits: number; integers: number[][]; late: { from: number; bits: number; integers: number[][] } }
  const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/search/sobol.json"), "utf8")) as Stored;
  const check = (from: number, bits: number, integers: number[][]) =>
    integers.forEach((row, i) => assert.deepEqual(row.map((_, d) => sobolInteger(from + i, d) / 2 ** (32 - bits)), row, `point ${from + i}`));
  check(0, stored.bits, stored.integers);
  check(stored.late.from, stored.late.bits, stored.late.integers);
});

test("law: scrambled points keep one point in every elementary interval of the first two dimensions, and differ by seed", () => {
  const points = Array.from({ length: 64 }, (_, i) => scrambledPoint(i, 2, 9));
  for (let columns = 1; columns <= 64; columns *= 2) {
    const cells = new Set(points.map(([x, y]) => `${Math.floor(x! * columns)} ${Math.floor((y! * 64) / columns)}`));
    assert.equal(cells.size, 64, `${columns} x ${64 / columns}`);
  }
  assert.notDeepEqual(scrambledPoint(5, 2, 1), scrambledPoint(5, 2, 2));
  // Law: each coordinate is uniform over the seeds. Mean of 500 within four standard errors.
  const first = Array.from({ length: 500 }, (_, seed) => scrambledPoint(0, 1, seed)[0]!);
  assert.ok(Math.abs(first.reduce((sum, x) => sum + x, 0) / 500 - 0.5) < 4 / Math.sqrt(12 * 500));
  assert.throws(() => samplers.sobol.propose({ space: Object.fromEntries(Array.from({ length: 41 }, (_, i) => [`p${i}`, { float: [0, 1] as const }])), seed: 1, trial: 0, trials: 1, results: [] }), { code: "search-dimensions" });
});

test("the coordinate of a drawn value is where it was drawn, up to rounding", () => {
  const [u] = scrambledPoint(3, 1, 2);
  const parameter = space["rate"]!;
  const settings = samplers.sobol.propose({ space: { rate: parameter }, seed: 2, trial: 3, trials: 8, results: [] });
  assert.ok(Math.abs(coordinateOf(parameter, settings["rate"]!) - u!) < 1e-4);
});
