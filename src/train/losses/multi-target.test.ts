import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { differentiate } from "../../autodiff/index.js";
import { float32 } from "../../base/index.js";
import { createSession } from "../../engine/index.js";
import { GraphBuilder } from "../../graph/index.js";
import { formulaTensor } from "../../models/index.js";
import { columnsOf, decodeHead, encodeTargets, sumOver, type TargetHead } from "../targets.js";
import { losses } from "./index.js";

interface Stored {
  shape: [number, number];
  weights: [number, number, number];
  first: number[];
  second: number[];
  number: (number | null)[];
  loss: number;
  gradient: number[];
}

// PyTorch 1.13.1, scripts/reference/train.py.
const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/train/multi-target.json"), "utf8")) as Stored;

const heads: readonly TargetHead[] = [
  { kind: "classes", name: "condition", classes: ["0", "1", "2"], weight: stored.weights[0] },
  { kind: "classes", name: "grade", classes: ["0", "1"], weight: stored.weights[1] },
  { kind: "number", name: "angle", unit: "degrees", mean: 20, deviation: 10, weight: stored.weights[2] },
];

/** Loss and gradient of the stored outputs for some rows of targets. */
async function lossOf(rows: readonly number[][]): Promise<{ loss: number; gradient: number[] }> {
  const builder = new GraphBuilder();
  const logits = builder.input("logits", "float32", stored.shape);
  const shape = [rows.length, sumOver(heads, columnsOf)];
  const targets = builder.input("targets", "float32", shape);
  const value = losses["multi-target"].emit(builder, { logits, targets }, { labelSmoothing: 0, gamma: 0, heads });
  builder.output(value);
  const { graph, gradients } = differentiate(builder.build(), value, ["logits"]);
  const whole = GraphBuilder.from(graph);
  whole.output(gradients["logits"]!);
  const session = await createSession(whole.build());
  const results = await session.run({ logits: formulaTensor("multi-target", stored.shape, { scale: 2, offset: 0 }), targets: float32(shape, rows.flat()) });
  await session.release();
  return { loss: Number(results[value]!.data[0]), gradient: Array.from(results[gradients["logits"]!]!.data as Float32Array) };
}

test("two heads of classes and a number, each masked where it does not apply, have PyTorch's loss and gradient", async () => {
  const rows = stored.first.map((k, i) => {
    const number = stored.number[i];
    const second = stored.second[i]!;
    return encodeTargets(heads, [String(k), second < 0 ? undefined : String(second), number === null || number === undefined ? undefined : 20 + 10 * number]);
  });
  const { loss, gradient } = await lossOf(rows);
  assert.ok(Math.abs(loss - stored.loss) < 2e-6 * stored.loss, `${loss} and not ${stored.loss}`);
  for (const [i, expected] of stored.gradient.entries()) assert.ok(Math.abs(gradient[i]! - expected) < 2e-6, `element ${i}: ${gradient[i]} and not ${expected}`);
});

test("a batch that no head applies to has loss 0 and gradient 0", async () => {
  const { loss, gradient } = await lossOf([0, 1, 2, 3].map(() => encodeTargets(heads, [undefined, undefined, undefined])));
  assert.equal(Math.abs(loss), 0);
  assert.ok(gradient.every((value) => Math.abs(value) === 0));
});

test("outputs are read back in the unit of the target", () => {
  assert.equal(decodeHead(heads[2]!, [1.5]), 35);
  assert.equal(decodeHead(heads[0]!, [0.1, 3, 3]), "1");
});
