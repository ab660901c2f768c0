import assert from "node:assert/strict";
import test from "node:test";
import { seededRandom } from "../../base/index.js";
import type { Case } from "../dataset.js";
import type { SplitOptions } from "./contract.js";
import { countWins } from "./group-folds.testkit.js";
import { splits, type SplitName } from "./index.js";
import { planSplit } from "./plan-split.js";
import { parseTime } from "./temporal.js";

function makeCases(seed: number): Case[] {
  const random = seededRandom("split shelf", seed);
  return Array.from({ length: 96 }, (_, i): Case => {
    const patient = Math.floor(i / 2);
    return { id: `${i}`, file: `/x/${i}`, label: ["a", "b", "c"][patient % 3]!, patient: `p${patient}`, fields: { site: `s${random.integer(4)}`, year: String(2015 + random.integer(8)), sex: random.pick(["F", "M"]) }, ...(i % 40 < 2 && { kin: "twins" }) };
  });
}

const options: Record<SplitName, Omit<SplitOptions, "seed">> = {
  "k-fold": { folds: 4, strata: ["sex"] },
  "repeated-k-fold": { folds: 4, repeats: 3 },
  "nested-k-fold": { folds: 4, innerFolds: 3 },
  "hold-out": { test: 0.25, validation: 0.15 },
  "leave-one-site-out": { column: "site" },
  "temporal": { column: "year", test: 0.3 },
};

for (const kind of Object.keys(splits) as SplitName[]) {
  test(`${kind}: no patient and no kin on two sides, the same seed the same rounds, every case tested at most once a repetition (law)`, () => {
    for (const seed of [1, 2]) {
      const cases = makeCases(seed);
      const rounds = planSplit({ cases, name: "t" }, kind, { ...options[kind], seed });
      assert.deepEqual(planSplit({ cases, name: "t" }, kind, { ...options[kind], seed }), rounds);
      const tested = new Map<string, number>();
      for (const { train, validation = [], test: held, leftOut = [], repeat = 0, inner = [] } of rounds) {
        const sides = [train, validation, held].map((side) => new Set(side.flatMap((i) => [cases[i]!.patient!, ...(cases[i]!.kin === undefined ? [] : [`kin ${cases[i]!.kin}`])])));
        sides.forEach((side, a) => sides.slice(a + 1).forEach((other) => assert.ok([...side].every((group) => !other.has(group)))));
        assert.equal(new Set([...train, ...validation, ...held, ...leftOut]).size, train.length + validation.length + held.length + leftOut.length);
        for (const i of held) tested.set(`${repeat} ${i}`, (tested.get(`${repeat} ${i}`) ?? 0) + 1);
        for (const one of inner) assert.deepEqual([...one.train, ...one.test].sort((a, b) => a - b), [...train]);
      }
      assert.ok([...tested.values()].every((count) => count === 1));
      if (kind.endsWith("k-fold") || kind === "leave-one-site-out") assert.equal(tested.size, cases.length * (options[kind].repeats ?? 1));
    }
  });
}

test("a temporal split tests nothing earlier than what it trains on, and dates are read with the year first (by hand)", () => {
  const cases = makeCases(3);
  const [round] = planSplit({ cases, name: "t" }, "temporal", { column: "year", from: "2020", seed: 1 });
  assert.ok(round!.train.every((i) => Number(cases[i]!.fields["year"]) < 2020) && round!.test.every((i) => Number(cases[i]!.fields["year"]) >= 2020));
  assert.deepEqual(["2021", "2021-03", "20210309", "2021-03-09T10:00", "9.3.2021", "2021-13"].map(parseTime), [Date.UTC(2021, 0, 1), Date.UTC(2021, 2, 1), Date.UTC(2021, 2, 9), Date.UTC(2021, 2, 9), undefined, undefined]);
});

test("impossible splits are refused with the reason", () => {
  const cases = makeCases(1);
  const plan = (kind: SplitName, told: Omit<SplitOptions, "seed">) => () => planSplit({ cases, name: "t" }, kind, { ...told, seed: 1 });
  assert.throws(plan("k-fold", { repeats: 2 }), { code: "split-options", message: /got repeats/ });
  assert.throws(plan("temporal", {}), { code: "split-options", message: /expected column/ });
  assert.throws(plan("leave-one-site-out", { column: "hospital" }), { code: "split-column" });
  assert.throws(plan("temporal", { column: "sex" }), { code: "split-column" });
  assert.throws(plan("temporal", { column: "year", from: "2050" }), { code: "split-from" });
  assert.throws(plan("hold-out", { test: 0.8, validation: 0.3 }), { code: "fraction" });
  assert.throws(plan("k-fold", { folds: 3, strata: ["nothing"] }), { code: "strata-column" });
  assert.throws(() => planSplit({ cases, name: "t" }, "given", { seed: 1 }), { code: "split-options" });
});

// Oracle: scikit-learn 1.2.1's StratifiedGroupKFold; all 1,000 problems are in the slow lane.
test("grouped folds are at least as balanced as scikit-learn's on the first 60 random problems", () => {
  const { spread, imbalance } = countWins(60);
  assert.ok(spread >= 59 && imbalance >= 59, `${spread}, ${imbalance}`);
});
