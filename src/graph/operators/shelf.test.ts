import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { float32, int64 } from "../../base/index.js";
import type { DataType } from "../../base/index.js";
import { GraphBuilder } from "../graph-builder.js";
import type { AttributeValue } from "../attributes.js";
import type { Dim } from "../model.js";
import type { OperatorSchema } from "./contract.js";
import { operatorOf, operators } from "./index.js";
import type { OperatorName } from "./index.js";

interface Typed {
  readonly dtype: DataType;
  readonly shape: readonly Dim[];
}

type CaseInput =
  | readonly Dim[]
  | Typed
  | { readonly ints: number[] }
  | { readonly floats: number[] }
  | { readonly int: number }
  | null;

interface Case {
  readonly op: OperatorName;
  readonly inputs: readonly CaseInput[];
  readonly attributes: Record<string, AttributeValue>;
  readonly outputs: number;
  readonly expected: readonly Typed[];
}

// Oracle: what ONNX Runtime gave when it ran each operator; the file names the version and the script.
const fixture = JSON.parse(readFileSync(path.resolve("test/fixtures/graph/operator-shapes.json"), "utf8")) as {
  readonly batch: number;
  readonly cases: readonly Case[];
};

/** Value of an extent such as "2*N" or "(N+4)" for the batch of the run. */
function evaluate(dim: Dim): number {
  if (typeof dim === "number") return dim;
  const flat = dim
    .replaceAll("N", String(fixture.batch))
    .replaceAll(/\(([^()]*)\)/g, (_, inner: string) => String(evaluate(inner)));
  return flat
    .split("+")
    .reduce((sum, term) => sum + term.split("*").reduce((product, factor) => product * Number(factor), 1), 0);
}

function infer({ op, inputs, attributes, outputs }: Case): Typed[] {
  const builder = new GraphBuilder();
  const names = inputs.map((input, i) => {
    if (input === null) return "";
    if (Array.isArray(input)) return builder.input(`x${i}`, "float32", input);
    const given = input as Exclude<typeof input, readonly Dim[]>;
    if ("ints" in given) return builder.constant(given.ints);
    if ("floats" in given) return builder.constant(float32([given.floats.length], given.floats));
    if ("int" in given) return builder.constant(int64([], [given.int]));
    return builder.input(`x${i}`, given.dtype, given.shape);
  });
  return builder.ops(op, names, attributes, { outputs }).map((value) => builder.info(value));
}

describe("every operator", () => {
  for (const [key, schema] of Object.entries<OperatorSchema>(operators)) {
    test(`${key} has consistent facts`, () => {
      assert.ok(schema.since >= 1 && schema.since <= 17);
      assert.match(schema.summary, /^.+[^.]$/);
      assert.equal(operatorOf({ op: schema.op ?? key, domain: schema.domain }), key);
      for (const ports of [schema.inputs, schema.outputs]) {
        const order = ports.map(({ presence }) => ["required", "optional", "variadic"].indexOf(presence));
        assert.deepEqual(
          order,
          order.toSorted((a, b) => a - b),
          "required ports come first",
        );
        assert.equal(new Set(ports.map(({ name }) => name)).size, ports.length);
      }
      for (const [name, facts] of Object.entries(schema.attributes)) {
        if (facts.default === undefined) continue;
        const expected = { int: "number", float: "number", string: "string" }[facts.kind as "int"] ?? "object";
        assert.equal(typeof facts.default, expected, name);
        assert.equal(facts.presence, "optional", name);
      }
    });
  }

  test("is held against the runtime, but for composites, which the runtime does not have", () => {
    const covered = new Set<string>(fixture.cases.map(({ op }) => op));
    const missing = Object.entries<OperatorSchema>(operators).filter(
      ([key, { domain }]) => domain !== "ai.osteon" && !covered.has(key),
    );
    assert.deepEqual(
      missing.map(([key]) => key),
      [],
    );
  });
});

describe("inferred types are those of the runtime", () => {
  for (const op of new Set(fixture.cases.map((item) => item.op))) {
    test(op, () => {
      for (const item of fixture.cases.filter((other) => other.op === op)) {
        const actual = infer(item).map(({ dtype, shape }) => ({ dtype, shape: shape.map(evaluate) }));
        assert.deepEqual(actual, item.expected, JSON.stringify({ inputs: item.inputs, attributes: item.attributes }));
      }
    });
  }
});
