import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "../../base/index.js";
import { operatorOf } from "../../graph/index.js";
import { cases, type GradientCase } from "../cases/index.js";
import { Evaluation, largestError, readStored } from "../cases/evaluate.testkit.js";
import { arrayOf } from "../reference/index.js";
import { gradients } from "./index.js";

const families = Object.entries(cases).map(([family, rows]) => ({
  family,
  rows: Object.entries<GradientCase>(rows),
  stored: readStored(family),
}));

/** Float32 constants of the graph (1 / count, √π) differ from float64's by 6e-8 of themselves. */
const tolerance = 1e-6;

for (const { family, rows, stored } of families) {
  describe(`gradients of ${family}`, () => {
    for (const [name, row] of rows) {
      const evaluation = (symbolic?: readonly string[]) => new Evaluation(name, row, stored[name], symbolic);

      if (stored[name]) {
        test(`${name}: equals PyTorch's stored output and gradients`, () => {
          const evaluated = evaluation();
          assert.deepEqual(evaluated.output().shape, stored[name]!.output.shape);
          assert.ok(largestError(evaluated.output().data, stored[name]!.output.data) < tolerance, "output");
          for (const [key, gradient] of Object.entries(evaluated.gradients())) {
            const error = largestError(gradient.data, stored[name]!.gradients[key]!.data);
            assert.ok(error < tolerance, `${key}: error ${error}`);
          }
        });
      }

      if (!row.kink) {
        test(`${name}: equals central differences in float64`, () => {
          const evaluated = evaluation();
          for (const [key, gradient] of Object.entries(evaluated.gradients())) {
            const differences = evaluated.differences(key);
            const written = differences.map(({ index }) => gradient.data[index]!);
            const error = largestError(written, differences.map(({ slope }) => slope));
            assert.ok(error < tolerance, `${key}: error ${error}`);
          }
        });
      }

      for (const key of row.linear ?? []) {
        test(`${name}: <J v, w> = <v, Jᵀ w> in ${key}`, () => {
          const evaluated = evaluation();
          const { shape, data } = evaluated.inputs[key]!;
          const random = seededRandom("adjoint", name, key);
          // Small, so that what is linear piece by piece stays on one piece.
          const v = data.map(() => random.normal() / 100);
          const moved = arrayOf(shape, data.map((value, i) => value + v[i]!));
          const forward = evaluated.loss({ [key]: moved }) - evaluated.loss();
          const backward = evaluated.gradients()[key]!.data.reduce((sum, g, i) => sum + g * v[i]!, 0);
          assert.ok(largestError([backward], [forward]) < tolerance, `${backward} against ${forward}`);
        });
      }

      if (row.batch && row.batch.length > 0) {
        test(`${name}: gives the same gradients when the first axis is symbolic`, () => {
          const known = evaluation().gradients();
          const symbolic = evaluation(row.batch).gradients();
          for (const key of Object.keys(known)) {
            assert.deepEqual(symbolic[key]!.shape, known[key]!.shape);
            assert.ok(largestError(symbolic[key]!.data, known[key]!.data) < tolerance, key);
          }
        });
      }
    }

    test(`every stored value of ${family} belongs to a case`, () => {
      const known = new Set(rows.map(([name]) => name));
      assert.deepEqual(Object.keys(stored).filter((name) => !known.has(name)), []);
    });
  });
}

test("every rule is exercised by a case", () => {
  const used = new Set<string>();
  for (const { rows, stored } of families) {
    for (const [name, row] of rows) {
      const { graph } = new Evaluation(name, row, stored[name]);
      for (const node of graph.nodes) used.add(operatorOf(node) ?? "");
    }
  }
  const rules = Object.entries(gradients).filter(([, rule]) => typeof rule === "function");
  assert.deepEqual(rules.map(([name]) => name).filter((name) => !used.has(name)), []);
});
