import type { GradientCase, GradientCases } from "./contract.js";

type Attributes = Record<string, number | readonly number[]>;

function max(attributes: Attributes): GradientCase {
  return { build: (b, x) => b.op("MaxPool", [x["x"]!], attributes), batch: ["x"] };
}

function average(attributes: Attributes): GradientCase {
  return { build: (b, x) => b.op("AveragePool", [x["x"]!], attributes), linear: ["x"], batch: ["x"] };
}

const halving = { kernel_shape: [2, 2], strides: [2, 2] };
const overlapping = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
const single = { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 0, 0, 1] };

export const poolCases: GradientCases = {
  "max 2 x 2": max(halving),
  "max 3 x 3 stride 2 padded": max(overlapping),
  "max with ties in overlapping windows": { ...max(overlapping), kink: true },
  "max of a constant plane": { ...max(overlapping), kink: true },
  "max with ceil mode": max({ ...halving, ceil_mode: 1 }),
  "max with dilation": max({ kernel_shape: [2, 2], dilations: [2, 2] }),
  "max with uneven pads": max(single),
  "max over one axis": max({ kernel_shape: [3], strides: [2], pads: [1, 1] }),
  "average 2 x 2": average(halving),
  "average padded": average(overlapping),
  "average counting the padding": average({ ...overlapping, count_include_pad: 1 }),
  "average with ceil mode": average({ ...halving, ceil_mode: 1 }),
  "average with ceil mode counting the padding": average({ ...overlapping, ceil_mode: 1, count_include_pad: 1 }),
  "average in overlapping windows": average({ kernel_shape: [3, 3] }),
  "average with uneven pads counted": average({ ...single, count_include_pad: 1 }),
  "average gradient as an operator": {
    build: (b, x) => b.op("AveragePoolGradient", [x["x"]!], { ...overlapping, input_shape: [2, 6, 5] }),
    inputs: { x: [2, 2, 3, 3] },
    linear: ["x"],
    batch: ["x"],
  },
};
