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

// The penalty toward w0 at weights w is the decay of w - w0: PyTorch's decayed trajectory, moved by w0, is the oracle.
for (const { name, settings, steps } of stored.trajectories.filter((one) => (one.settings.weightDecay ?? 0) > 0)) {
  test(`${name} drawn to a start takes PyTorch's steps with weight decay, moved by the start`, async () => {
    const { weightDecay: startPenalty = 0, ...rest } = settings;
    const own: OptimizerSettings = { ...plain, ...rest, startPenalty };
    const optimizer = optimizers[name];
    const builder = new GraphBuilder();
    const input = (value: string, shape: readonly number[] = stored.shape) => builder.input(value, "float32", shape);
    const slots = Object.fromEntries(optimizer.slots(own).map((slot) => [slot, input(slot)]));
    const scalars = Object.fromEntries(Object.keys(optimizer.scalars(own, 0, 1)).map((scalar) => [scalar, input(scalar, [])]));
    const next = optimizer.update(builder, own, { parameter: input("weight"), gradient: input("gradient"), anchor: input("start"), slots, scalars, decayed: true });
    for (const value of [next.parameter, ...Object.values(next.slots)]) builder.output(value);
    const session = await createSession(builder.build());

    const start = formulaTensor("start", stored.shape, { scale: 0.5, offset: 0.25 });
    const first = formulaTensor("weight", stored.shape, { scale: 1, offset: 0 });
    let weight: Tensor = float32(stored.shape, first.data.map((value, i) => value + start.data[i]!));
    let state: Record<string, Tensor> = Object.fromEntries(Object.keys(slots).map((slot) => [slot, zeros("float32", stored.shape)]));
    for (const [step, expected] of steps.entries()) {
      const values = Object.entries(optimizer.scalars(own, stored.learningRate, step + 1)).map(([scalar, value]) => [scalar, float32([], [value])] as const);
      const gradient = formulaTensor(`gradient ${step}`, stored.shape, { scale: 0.5, offset: 0.1 });
      const results = await session.run({ weight, start, gradient, ...state, ...Object.fromEntries(values) });
      weight = results[next.parameter]!;
      state = Object.fromEntries(Object.keys(slots).map((slot) => [slot, results[next.slots[slot]!]!]));
      for (const [i, value] of expected.entries()) {
        const moved = value + start.data[i]!;
        assert.ok(Math.abs(Number(weight.data[i]) - moved) < 5e-7, `step ${step}, element ${i}: ${String(weight.data[i])} and not ${moved}`);
      }
    }
    await session.release();
  });
}
