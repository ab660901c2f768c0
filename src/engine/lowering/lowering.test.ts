import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { GraphBuilder } from "../../graph/index.js";
import { probe } from "../probe.js";
import { lower, type LoweringTarget } from "./lower.js";
import { type Case, checkSlices, deviations, gradientCase, randomTensor, runLowered } from "./lowering.testkit.js";

type Attributes = Record<string, number | readonly number[]>;

function conv(options: { x: number[]; w: number[]; attributes?: Attributes; after?: (builder: GraphBuilder, y: string) => string; before?: (builder: GraphBuilder, x: string) => string }): Case {
  return gradientCase({ x: options.x, w: options.w }, (builder) => {
    const x = options.before ? options.before(builder, "x") : "x";
    const y = builder.op("Conv", [x, "w"], { kernel_shape: options.w.slice(2), ...options.attributes });
    return options.after ? options.after(builder, y) : y;
  });
}

const vector = (builder: GraphBuilder, n: number, f: (i: number) => number) =>
  builder.constant({ dtype: "float32", shape: [n], data: Float32Array.from({ length: n }, (_, i) => f(i)) });
const relu = (builder: GraphBuilder, y: string) => builder.op("Relu", [y]);
const relu6 = (builder: GraphBuilder, y: string) => builder.op("Clip", [builder.op("Mul", [y, builder.constant(3)]), builder.constant(0), builder.constant(6)]);

/** Each case is differentiated by x and w; the oracle is the float64 interpreter. */
const cases: Record<string, () => Case> = {
  "1x1": () => conv({ x: [2, 16, 6, 6], w: [32, 16, 1, 1], after: relu }),
  "1x1, more channels in than out": () => conv({ x: [4, 64, 4, 4], w: [16, 64, 1, 1], after: relu }),
  "1x1, pixels that do not fill blocks": () => conv({ x: [3, 16, 3, 3], w: [16, 16, 1, 1], after: relu }),
  "1x1, many pixels": () => conv({ x: [2, 16, 20, 20], w: [16, 16, 1, 1], after: relu }),
  "1x1 stride 2": () => conv({ x: [2, 16, 8, 8], w: [32, 16, 1, 1], attributes: { strides: [2, 2] }, after: relu }),
  "1x1 stride 2, odd extent": () => conv({ x: [2, 16, 7, 7], w: [32, 16, 1, 1], attributes: { strides: [2, 2] }, after: relu }),
  "3x3": () => conv({ x: [2, 16, 7, 9], w: [24, 16, 3, 3], attributes: { pads: [1, 1, 1, 1] }, after: relu }),
  "3x3, many pixels": () => conv({ x: [1, 16, 40, 36], w: [16, 16, 3, 3], attributes: { pads: [1, 1, 1, 1] }, after: relu }),
  "3x3 stride 2": () => conv({ x: [2, 16, 8, 8], w: [16, 16, 3, 3], attributes: { pads: [1, 1, 1, 1], strides: [2, 2] }, after: relu }),
  "3x3 stride 2, odd extent": () => conv({ x: [2, 16, 9, 9], w: [16, 16, 3, 3], attributes: { pads: [1, 1, 1, 1], strides: [2, 2] }, after: relu }),
  "3x3, no padding": () => conv({ x: [2, 16, 8, 8], w: [16, 16, 3, 3], after: relu }),
  "3x3, padding on one side": () => conv({ x: [2, 16, 8, 8], w: [16, 16, 3, 3], attributes: { pads: [0, 1, 2, 0] }, after: relu }),
  "3x3 stride 2, padding on one side": () => conv({ x: [2, 16, 8, 8], w: [16, 16, 3, 3], attributes: { pads: [0, 0, 1, 1], strides: [2, 2] }, after: relu }),
  "3x3 dilation 2": () => conv({ x: [2, 16, 9, 9], w: [16, 16, 3, 3], attributes: { pads: [2, 2, 2, 2], dilations: [2, 2] }, after: relu }),
  "3x5 kernel": () => conv({ x: [2, 16, 8, 10], w: [16, 16, 3, 5], attributes: { pads: [1, 2, 1, 2] }, after: relu }),
  "padding wider than the kernel": () => conv({ x: [1, 16, 5, 5], w: [16, 16, 1, 1], attributes: { pads: [1, 1, 1, 1] }, after: relu }),
  "7x7 stride 2 from 3 channels": () => conv({ x: [2, 3, 20, 20], w: [16, 3, 7, 7], attributes: { pads: [3, 3, 3, 3], strides: [2, 2] }, after: relu }),
  "channels that do not fill blocks": () => conv({ x: [2, 12, 6, 6], w: [20, 12, 3, 3], attributes: { pads: [1, 1, 1, 1] }, after: relu }),
  "depthwise 3x3": () => conv({ x: [2, 16, 8, 8], w: [16, 1, 3, 3], attributes: { pads: [1, 1, 1, 1], group: 16 }, after: relu6 }),
  "depthwise 3x3 stride 2": () => conv({ x: [2, 16, 8, 8], w: [16, 1, 3, 3], attributes: { pads: [1, 1, 1, 1], strides: [2, 2], group: 16 }, after: relu6 }),
  "depthwise 3x3 stride 2, odd extent": () => conv({ x: [2, 16, 9, 9], w: [16, 1, 3, 3], attributes: { pads: [1, 1, 1, 1], strides: [2, 2], group: 16 } }),
  "depthwise dilation 2": () => conv({ x: [2, 16, 9, 9], w: [16, 1, 3, 3], attributes: { pads: [2, 2, 2, 2], dilations: [2, 2], group: 16 } }),
  "depthwise, channels that do not fill blocks": () => conv({ x: [2, 12, 8, 8], w: [12, 1, 3, 3], attributes: { pads: [1, 1, 1, 1], group: 12 } }),
  "four groups": () => conv({ x: [2, 32, 6, 6], w: [32, 8, 3, 3], attributes: { pads: [1, 1, 1, 1], group: 4 } }),
  "one spatial axis": () => conv({ x: [2, 16, 9], w: [16, 16, 3], attributes: { pads: [1, 1] } }),
  "three spatial axes": () => conv({ x: [1, 8, 4, 4, 4], w: [8, 8, 3, 3, 3], attributes: { pads: [1, 1, 1, 1, 1, 1], strides: [2, 1, 1] } }),
  "maximum pool 3x3 stride 2": () => conv({ x: [2, 16, 9, 9], w: [16, 16, 1, 1], after: (b, y) => b.op("MaxPool", [relu(b, y)], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }) }),
  "maximum pool 2x2, plateaus": () => conv({ x: [2, 16, 8, 8], w: [16, 16, 1, 1], after: (b, y) => b.op("MaxPool", [relu6(b, y)], { kernel_shape: [2, 2], strides: [2, 2] }) }),
  "maximum pool, ceil mode": () => conv({ x: [2, 16, 8, 8], w: [16, 16, 1, 1], after: (b, y) => b.op("MaxPool", [y], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }) }),
  "average pool": () => conv({ x: [2, 16, 9, 9], w: [16, 16, 1, 1], after: (b, y) => b.op("AveragePool", [y], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }) }),
  "average pool that counts its padding": () => conv({ x: [2, 16, 9, 9], w: [16, 16, 1, 1], after: (b, y) => b.op("AveragePool", [y], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 }) }),
  "global average pool and a linear layer": () =>
    conv({ x: [2, 16, 6, 6], w: [16, 16, 3, 3], after: (b, y) => b.op("Flatten", [b.op("GlobalAveragePool", [relu(b, y)])]) }),
  "residual": () => conv({ x: [2, 16, 6, 6], w: [16, 16, 3, 3], attributes: { pads: [1, 1, 1, 1] }, before: (b, x) => relu(b, b.op("Conv", [x, "w"], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] })), after: (b, y) => relu(b, b.op("Add", [y, b.op("Conv", [y, "w"], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] })])) }),
  "a value added to itself": () => conv({ x: [2, 16, 6, 6], w: [16, 16, 1, 1], after: (b, y) => b.op("Add", [y, y]) }),
  "one number per channel": () =>
    gradientCase({ x: [2, 16, 6, 6], w: [16, 16, 1, 1], scale: [16, 1, 1], bias: [1, 16, 1, 1] }, (b) => relu(b, b.op("Add", [b.op("Mul", [b.op("Conv", ["x", "w"]), "scale"]), "bias"]))),
  "one number per image": () =>
    gradientCase({ x: [2, 16, 6, 6], w: [16, 16, 1, 1], share: [2, 1, 1, 1] }, (b) => relu(b, b.op("Mul", [b.op("Conv", ["x", "w"]), "share"]))),
  "one number per image and channel: squeeze and excitation": () =>
    gradientCase({ x: [2, 16, 6, 6], w: [16, 16, 1, 1], w1: [4, 16, 1, 1], w2: [16, 4, 1, 1] }, (b) => {
      const features = relu(b, b.op("Conv", ["x", "w"]));
      const hidden = b.op("QuickGelu", [b.op("Conv", [b.op("GlobalAveragePool", [features]), "w1"])], { alpha: 1 });
      return b.op("Mul", [features, b.op("Sigmoid", [b.op("Conv", [hidden, "w2"])])]);
    }),
  "features side by side": () =>
    gradientCase({ x: [2, 16, 6, 6], w: [16, 16, 3, 3], w1: [8, 32, 1, 1], w2: [24, 40, 1, 1] }, (b) => {
      const first = relu(b, b.op("Conv", ["x", "w"], { pads: [1, 1, 1, 1] }));
      const both = b.op("Concat", [b.op("Conv", ["x", "w"], { pads: [1, 1, 1, 1] }), first], { axis: 1 });
      const more = b.op("Concat", [both, relu(b, b.op("Conv", [both, "w1"]))], { axis: 1 });
      return b.op("Conv", [more, "w2"]);
    }),
  "features side by side that do not fill blocks": () =>
    gradientCase({ x: [2, 16, 6, 6], w: [12, 16, 1, 1], w1: [16, 28, 1, 1] }, (b) => b.op("Conv", [b.op("Concat", ["x", b.op("Conv", ["x", "w"])], { axis: 1 }), "w1"])),
  "some of the channels": () =>
    conv({ x: [2, 16, 6, 6], w: [32, 16, 1, 1], after: (b, y) => b.op("Slice", [relu(b, y), b.constant([16]), b.constant([32]), b.constant([1])]) }),
  "some of the channels, from within a block": () =>
    conv({ x: [2, 16, 6, 6], w: [32, 16, 1, 1], after: (b, y) => b.op("Slice", [relu(b, y), b.constant([4]), b.constant([20]), b.constant([1])]) }),
  "mean and sum over positions": () =>
    conv({
      x: [2, 16, 6, 5],
      w: [16, 16, 1, 1],
      after: (b, y) => b.op("Add", [b.op("ReduceMean", [relu(b, y)], { axes: [2, 3] }), b.op("ReduceSum", [y, b.constant([-1, -2])])]),
    }),
  "a value that waits": () =>
    gradientCase({ x: [2, 16, 6, 6], w: [16, 16, 1, 1] }, (b) => {
      const y = b.op("Conv", ["x", "w"]);
      return b.op("Mul", [relu(b, b.op("After", [y, b.op("Exp", [y])])), b.op("After", ["x", y])]);
    }),
  silu: () => conv({ x: [2, 16, 6, 6], w: [16, 16, 1, 1], after: (b, y) => b.op("QuickGelu", [y], { alpha: 1 }) }),
  "depthwise 5x5 stride 2": () => conv({ x: [2, 16, 10, 10], w: [16, 1, 5, 5], attributes: { pads: [2, 2, 2, 2], strides: [2, 2], group: 16 }, after: relu }),
  "depthwise 5x5 stride 2, odd extent": () => conv({ x: [2, 16, 11, 9], w: [16, 1, 5, 5], attributes: { pads: [2, 2, 2, 2], strides: [2, 2], group: 16 }, after: relu }),
  "average pool of windows side by side": () =>
    conv({ x: [2, 16, 8, 6], w: [16, 16, 1, 1], after: (b, y) => relu(b, b.op("AveragePool", [y], { kernel_shape: [2, 3], strides: [2, 3] })) }),
  "average pool of windows side by side, leaving a remainder": () =>
    conv({ x: [2, 16, 9, 7], w: [16, 16, 1, 1], after: (b, y) => relu(b, b.op("AveragePool", [y], { kernel_shape: [2, 2], strides: [2, 2] })) }),
  "convolution bias": () => gradientCase({ x: [2, 16, 6, 6], w: [16, 16, 3, 3], bias: [16] }, (b) => relu(b, b.op("Conv", ["x", "w", "bias"]))),
  "frozen batch normalization": () =>
    gradientCase({ x: [2, 16, 6, 6], w: [16, 16, 1, 1], scale: [16], bias: [16] }, (b) =>
      relu(b, b.op("BatchNormalization", [b.op("Conv", ["x", "w"]), "scale", "bias", vector(b, 16, (i) => i / 16), vector(b, 16, (i) => 1 + i / 8)])),
    ),
  "batch normalization in training": () =>
    gradientCase({ x: [4, 16, 6, 6], w: [16, 16, 3, 3], scale: [16], bias: [16] }, (b) =>
      relu(b, b.ops("BatchNormTraining", [b.op("Conv", ["x", "w"]), "scale", "bias"], {}, { outputs: 4 })[0]!),
    ),
  "batch normalization in training, far from zero": () =>
    gradientCase({ x: [4, 16, 6, 6], w: [16, 16, 3, 3], scale: [16], bias: [16] }, (b) =>
      b.ops("BatchNormTraining", [b.op("Add", [b.op("Conv", ["x", "w"]), b.constant(30)]), "scale", "bias"], {}, { outputs: 4 })[0]!,
    ),
  "batch normalization in training, channels that do not fill blocks": () =>
    gradientCase({ x: [4, 12, 6, 6], w: [12, 12, 3, 3], scale: [12], bias: [12] }, (b) =>
      b.ops("BatchNormTraining", [b.op("Conv", ["x", "w"]), "scale", "bias"], {}, { outputs: 4 })[0]!,
    ),
};

/** Largest deviation allowed; of values around 30, float32 holds the difference from their mean to some 1e-6 each. */
const toleranceOf = (name: string): number => (name.includes("far from zero") ? 1e-4 : 2e-5);

describe("lowering agrees with the float64 interpreter", async () => {
  const { block } = await probe();
  for (const [name, make] of Object.entries(cases)) {
    it(`${name}, plain`, async () => check(make(), { layout: "plain" }, toleranceOf(name)));
    if (name.includes("pool")) it(`${name}, in the form for any device`, async () => check(make(), { layout: "plain", device: "webgpu" }, toleranceOf(name)));
    it(`${name}, blocked`, { skip: block === undefined && "the runtime has no blocked layout here" }, async () => check(make(), { layout: "blocked", block }, toleranceOf(name)));
  }
});

it("every case can be written for blocks of 16 channels", () => {
  for (const [name, make] of Object.entries(cases)) {
    const { nodes } = lower(make().graph, { layout: "blocked", block: 16 });
    assert.ok(nodes.every(({ domain }) => domain !== "ai.osteon"), name);
  }
});

async function check(example: Case, target: LoweringTarget, tolerance: number): Promise<void> {
  const { lowered, results } = await runLowered(example, target);
  assert.ok(lowered.nodes.every(({ domain }) => domain !== "ai.osteon"), "a composite was left");
  for (const [output, deviation] of Object.entries(deviations(example, results))) {
    assert.ok(deviation < tolerance, `${output} deviates by ${deviation}`);
  }
}

it("an operator that WebGPU lacks is written in others, with the same values and gradients", async () => {
  const example = gradientCase({ x: [3, 7] }, (builder) => builder.op("LogSoftmax", ["x"], { axis: 1 }));
  const { lowered, results } = await runLowered(example, { layout: "plain", device: "webgpu" });
  assert.equal(lowered.nodes.some(({ op }) => op === "LogSoftmax"), false);
  for (const [name, deviation] of Object.entries(deviations(example, results))) assert.ok(deviation < 1e-5, `${name}: ${deviation}`);
});

describe("the gradient by the input of a convolution with constant weights", () => {
  const shapes: Record<string, { x: number[]; w: number[]; attributes: Attributes; isConv: boolean }> = {
    "3x3": { x: [2, 16, 7, 9], w: [24, 16, 3, 3], attributes: { pads: [1, 1, 1, 1] }, isConv: true },
    "3x5, dilated, padding on one side": { x: [2, 4, 9, 12], w: [8, 4, 3, 5], attributes: { pads: [0, 2, 4, 1], dilations: [2, 1] }, isConv: true },
    depthwise: { x: [2, 16, 7, 7], w: [16, 1, 3, 3], attributes: { pads: [1, 1, 1, 1], group: 16 }, isConv: true },
    "1x1": { x: [2, 16, 7, 7], w: [8, 16, 1, 1], attributes: {}, isConv: true },
    "stride 2": { x: [2, 16, 8, 8], w: [16, 16, 3, 3], attributes: { pads: [1, 1, 1, 1], strides: [2, 2] }, isConv: false },
    "four groups": { x: [2, 16, 7, 7], w: [16, 4, 3, 3], attributes: { pads: [1, 1, 1, 1], group: 4 }, isConv: false },
    "padding wider than the kernel": { x: [1, 16, 5, 5], w: [16, 16, 1, 1], attributes: { pads: [1, 1, 1, 1] }, isConv: false },
  };
  for (const [name, { x, w, attributes, isConv }] of Object.entries(shapes)) {
    it(`${name}: ${isConv ? "a convolution with flipped weights" : "a transposed convolution"}, and right`, async () => {
      const example = gradientCase({ x }, (b) => b.op("Conv", ["x", b.constant(randomTensor("w", w))], { kernel_shape: w.slice(2), ...attributes }));
      const { lowered, results } = await runLowered(example, { layout: "plain" });
      assert.equal(lowered.nodes.some(({ op }) => op === "ConvTranspose"), !isConv);
      for (const [output, deviation] of Object.entries(deviations(example, results))) assert.ok(deviation < 2e-5, `${output} deviates by ${deviation}`);
    });
  }
});

it("weight gradients taken a few images at a time are those of the whole batch", () => checkSlices([12, 32, 96, 96], [32, 32, 3, 3]));
