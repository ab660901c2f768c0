import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import { bets } from "./bets.js";
import { rankPValue, SortedSample } from "./rank-p-value.js";
import { JointMartingale, TestMartingale } from "./test-martingale.js";

test("the rank of a value is its place among those before it and itself, ties broken by the random number", () => {
  const sample = new SortedSample([5, 1, 2, 2]);
  // Worked by hand: one value below 2 and two equal, so p lies in [1 / 5, 4 / 5).
  assert.equal(rankPValue(sample, 2, 0), 1 / 5);
  assert.equal(rankPValue(sample, 2, 0.5), (1 + 0.5 * 3) / 5);
  assert.equal(rankPValue(sample, 9, 0), 4 / 5);
  assert.equal(rankPValue(new SortedSample(), 7, 0.25), 0.25);
  sample.add(3);
  assert.deepEqual(sample.rankOf(3), { below: 3, equal: 1 });
});

test("every bet wins nothing on average over uniform p, and never loses more than what is staked", () => {
  const steps = 200_000;
  for (const [i, bet] of bets.entries()) {
    let sum = 0;
    for (let k = 0; k < steps; k++) {
      const value = bet((k + 0.5) / steps);
      assert.ok(value >= 0);
      sum += value / steps;
    }
    // The midpoint rule on 1 / sqrt(p) is right to about 0.3 / sqrt(steps).
    assert.ok(Math.abs(sum - 1) < 1.2e-3, `bet ${i}: ${sum}`);
  }
});

test("ranks of exchangeable values are uniform, also from few reference values on and with ties", () => {
  const random = seededRandom("uniform ranks");
  const sample = new SortedSample(Array.from({ length: 3 }, () => random.integer(6)));
  const ps = Array.from({ length: 3000 }, () => {
    const value = random.integer(6);
    const p = rankPValue(sample, value, random.uniform());
    sample.add(value);
    return p;
  }).sort((a, b) => a - b);
  const distance = Math.max(...ps.map((p, i) => Math.abs(p - (i + 0.5) / ps.length)));
  assert.ok(distance < 1.63 / Math.sqrt(ps.length), `Kolmogorov and Smirnov's distance ${distance}, 1.63 / sqrt(n) at 1 %`);
});

test("a variable that moves raises the evidence and one that stays does not", () => {
  const random = seededRandom("moves");
  const draw = (shift: number): number => random.normal() + shift;
  const reference = (): number[] => Array.from({ length: 100 }, () => draw(0));
  const joint = new JointMartingale([new TestMartingale(reference(), seededRandom("a")), new TestMartingale(reference(), seededRandom("b"))]);
  let last = { capitals: [1, 1] as readonly number[], mean: 1 };
  for (let i = 0; i < 60; i++) last = joint.add([draw(1.5), draw(0)]);
  assert.ok(last.capitals[0]! > 1000 && last.capitals[1]! < 20, last.capitals.join());
  assert.equal(last.mean, (last.capitals[0]! + last.capitals[1]!) / 2);
  const before = last.capitals[1];
  assert.equal(joint.add([0, undefined]).capitals[1], before, "a value that is missing changes nothing");
});
