import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { float32, zeros, type Tensor } from "../../base/index.js";
import { createSession } from "../../engine/index.js";
import { GraphBuilder } from "../../graph/index.js";
import { formulaTensor } from "../../models/index.js";
import { optimizers, type OptimizerName, type OptimizerSettings } from "./index.js";

interface Stored {
  learningRate: number;
  shape: number[];
  trajectories: { name: OptimizerName; settings: Partial<OptimizerSettings>; steps: number[][] }[];
}

// PyTorch 1.13.1, scripts/reference/train.py.
const stored = JSON.parse(readFileSync(path.resolve("test/fixtures/train/optimizers.json"), "utf8")) as Stored;
const plain: OptimizerSettings = { momentum: 0.9, nesterov: false, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, startPenalty: 0 };

for (const { name, settings: changes, steps } of stored.trajectories) {
  test(`${name} with ${JSON.stringify(changes)} takes the three steps that PyTorch takes`, async () => {
    const settings = { ...plain, ...changes };
    const optimizer = optimizers[name];
    const builder = new GraphBuilder();
    const input = (value: string, shape: number[] = stored.shape) => builder.input(value, "float32", shape);
    const slots = Object.fromEntries(optimizer.slots(settings).map((slot) => [slot, input(slot)]));
    const scalars = Object.fromEntries(Object.keys(optimizer.scalars(settings, 0, 1)).map((scalar) => [scalar, input(scalar, [])]));
    const next = optimizer.update(builder, settings, { parameter: input("weight"), gradient: input("gradient"), slots, scalars, decayed: true });
    for (const value of [next.parameter, ...Object.values(next.slots)]) builder.output(value);
    const session = await createSession(builder.build());

    let weight: Tensor = formulaTensor("weight", stored.shape, { scale: 1, offset: 0 });
    let state: Record<string, Tensor> = Object.fromEntries(Object.keys(slots).map((slot) => [slot, zeros("float32", stored.shape)]));
    for (const [step, expected] of steps.entries()) {
      const values = Object.entries(optimizer.scalars(settings, stored.learningRate, step + 1));
      const results = await session.run({
        weight,
        gradient: formulaTensor(`gradient ${step}`, stored.shape, { scale: 0.5, offset: 0.1 }),
        ...state,
        ...Object.fromEntries(values.map(([scalar, value]) => [scalar, float32([], [value])])),
      });
      weight = results[next.parameter]!;
      state = Object.fromEntries(Object.keys(slots).map((slot) => [slot, results[next.slots[slot]!]!]));
      for (const [i, value] of expected.entries()) {
        assert.ok(Math.abs(Number(weight.data[i]) - value) < 3e-7, `step ${step}, element ${i}: ${String(weight.data[i])} and not ${value}`);
      }
    }
    await session.release();
  });
}

test("every optimizer on the shelf has a stored trajectory", () => {
  assert.deepEqual(new Set(stored.trajectories.map(({ name }) => name)), new Set(Object.keys(optimizers)));
});

test("an optimizer's state can be overwritten in place: whatever reads a slot comes before what writes it", () => {
  for (const [name, optimizer] of Object.entries(optimizers)) {
    for (const nesterov of [false, true]) {
      const settings = { ...plain, nesterov, weightDecay: 0.1 };
      const builder = new GraphBuilder();
      const input = (value: string, shape: number[] = [4]) => builder.input(value, "float32", shape);
      const slots = Object.fromEntries(optimizer.slots(settings).map((slot) => [slot, input(slot)]));
      const scalars = Object.fromEntries(Object.keys(optimizer.scalars(settings, 0, 1)).map((scalar) => [scalar, input(scalar, [])]));
      const next = optimizer.update(builder, settings, { parameter: input("weight"), gradient: input("gradient"), slots, scalars, decayed: true });
      for (const value of [next.parameter, ...Object.values(next.slots)]) builder.output(value);
      const { nodes } = builder.build();
      for (const [slot, value] of Object.entries(slots)) {
        const before = new Set([next.slots[slot]!]);
        for (const node of nodes.toReversed()) if (node.outputs.some((output) => before.has(output))) node.inputs.forEach((read) => before.add(read));
        const readers = nodes.filter(({ inputs }) => inputs.includes(value));
        assert.ok(readers.length > 0 && readers.every(({ outputs }) => before.has(outputs[0]!)), `${name}, ${slot}`);
      }
    }
  }
});
