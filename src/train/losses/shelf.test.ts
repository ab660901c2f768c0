import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { differentiate } from "../../autodiff/index.js";
import { float32 } from "../../base/index.js";
import { createSession } from "../../engine/index.js";
import { GraphBuilder } from "../../graph/index.js";
import { formulaTensor } from "../../models/index.js";
import { classWeightsOf } from "./class-weights.js";
import { losses, type LossName } from "./index.js";

interface Stored {
  labels: number[];
  shape: [number, number];
  cases: { name: LossName; settings: { labelSmoothing?: number; classWeights?: number[] | null; gamma?: number }; loss: number; gradient: number[] }[];
}

// PyTorch 1.13.1, scripts/reference/train.py.
const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/train/losses.json"), "utf8")) as Stored;

for (const { name, settings, loss, gradient } of stored.cases) {
  test(`${name} with ${JSON.stringify(settings)} has PyTorch's value and gradient`, async () => {
    const builder = new GraphBuilder();
    const logits = builder.input("logits", "float32", stored.shape);
    const targets = builder.input("targets", "float32", stored.shape);
    const { labelSmoothing = 0, gamma = 0, classWeights } = settings;
    const value = losses[name].emit(builder, { logits, targets }, { labelSmoothing, gamma, classWeights: classWeights ?? undefined });
    builder.output(value);
    const { graph, gradients } = differentiate(builder.build(), value, ["logits"]);
    const whole = GraphBuilder.from(graph);
    whole.output(gradients["logits"]!);
    const session = await createSession(whole.build());
    const oneHot = stored.labels.flatMap((label) => Array.from({ length: stored.shape[1] }, (_, k) => (k === label ? 1 : 0)));
    const results = await session.run({ logits: formulaTensor("logits", stored.shape, { scale: 3, offset: 0 }), targets: float32(stored.shape, oneHot) });
    assert.ok(Math.abs(Number(results[value]!.data[0]) - loss) < 2e-6, `${String(results[value]!.data[0])} and not ${loss}`);
    for (const [i, expected] of gradient.entries()) assert.ok(Math.abs(Number(results[gradients["logits"]!]!.data[i]) - expected) < 2e-6, `element ${i}`);
    await session.release();
  });
}

test("balanced weights make every class weigh the same in all, and a case 1 on average", () => {
  // Worked by hand: 6 cases, 3 classes of 3, 2 and 1 cases.
  assert.deepEqual(classWeightsOf("balanced", [0, 0, 0, 1, 1, 2], ["a", "b", "c"]), [6 / 9, 6 / 6, 6 / 3]);
});

test("weights by name follow the order of the classes; a missing, unknown or negative one is refused", () => {
  assert.deepEqual(classWeightsOf({ b: 2, a: 1 }, [0, 1], ["a", "b"]), [1, 2]);
  assert.equal(classWeightsOf("none", [0, 1], ["a", "b"]), undefined);
  assert.throws(() => classWeightsOf({ a: 1 }, [0, 1], ["a", "b"]), /expected a positive weight for "b", got undefined/);
  assert.throws(() => classWeightsOf({ a: 1, b: -1 }, [0, 1], ["a", "b"]), /got -1/);
  assert.throws(() => classWeightsOf({ a: 1, b: 1, c: 1 }, [0, 1], ["a", "b"]), /got "c"/);
  assert.throws(() => classWeightsOf("balanced", [0, 0], ["a", "b"]), /got none of "b"/);
});
