import assert from "node:assert/strict";
import { test } from "node:test";
import { operators, type OperatorName } from "../../graph/index.js";
import type { GradientRule, NoGradient } from "../contract.js";
import { gradients } from "./index.js";

type Table = Record<OperatorName, GradientRule | NoGradient>;

test("the table of rules compiles only when it is total over the operators", () => {
  const { Conv: _forgotten, ...planted } = gradients;
  // @ts-expect-error A table without a rule for Conv is no table.
  const incomplete: Table = planted;
  // @ts-expect-error Nor is one with a rule for an operator that does not exist.
  const foreign = { ...gradients, Convolve: gradients.Conv } satisfies Table;
  assert.ok(!("Conv" in incomplete) && "Convolve" in foreign);
  assert.deepEqual(Object.keys(gradients).toSorted(), Object.keys(operators).toSorted());
});

test("every operator without a gradient says why", () => {
  for (const [name, rule] of Object.entries(gradients)) {
    if (typeof rule !== "function") assert.match(rule.reason, /^\w.*[^.]$/, name);
  }
});
