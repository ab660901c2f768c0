import type { OperatorName } from "../../graph/index.js";
import type { GradientCase, GradientCases } from "./contract.js";

type Attributes = Record<string, number | string | readonly number[]>;

function conv(attributes: Attributes, options: { op?: OperatorName; linear?: string[] } = {}): GradientCase {
  const { op = "Conv", linear = ["x", "w"] } = options;
  return { build: (b, x) => b.op(op, Object.values(x), attributes), linear, batch: ["x"] };
}

const withBias = { linear: ["x", "w", "b"] };
const around = [1, 1, 1, 1];

export const convCases: GradientCases = {
  "3 x 3": conv({ pads: around }, withBias),
  "1 x 1 without bias": conv({}),
  "stride 2 with padding": conv({ strides: [2, 2], pads: around }, withBias),
  "stride 2 leaving a remainder": conv({ strides: [2, 2] }),
  "stride 3 beyond the kernel": conv({ strides: [3, 3] }),
  "uneven pads": conv({ pads: [1, 0, 0, 2] }),
  "dilation 2": conv({ dilations: [2, 2], pads: [2, 2, 2, 2] }, withBias),
  "dilation and stride": conv({ dilations: [2, 1], strides: [1, 2] }),
  groups: conv({ group: 2, pads: around }, withBias),
  depthwise: conv({ group: 3, pads: around }, withBias),
  "depthwise stride 2": conv({ group: 3, pads: around, strides: [2, 2] }),
  "depthwise with a multiplier": conv({ group: 2 }),
  "same upper": conv({ auto_pad: "SAME_UPPER", strides: [2, 2] }),
  "one axis": conv({ strides: [2], pads: [1, 1] }),
  "three axes": conv({ pads: [1, 1, 1, 1, 1, 1] }),
  "shared weights": {
    build: (b, { x = "", w = "" }) => b.op("Conv", [b.op("Conv", [x, w], { pads: around }), w], { pads: around }),
    linear: ["x"],
    batch: ["x"],
  },
  transposed: conv({ strides: [2, 2], pads: around, output_padding: [1, 1] }, { op: "ConvTranspose", ...withBias }),
  "transposed in groups": conv({ strides: [2, 2], group: 2 }, { op: "ConvTranspose" }),
  "input gradient as an operator": {
    ...conv({ strides: [2, 2], pads: around, kernel_shape: [3, 3], input_shape: [2, 5, 5] }, { op: "ConvInputGradient" }),
    linear: ["g", "w"],
    batch: ["g"],
  },
  "weight gradient as an operator": {
    ...conv({ strides: [2, 2], pads: around, kernel_shape: [3, 3] }, { op: "ConvWeightGradient" }),
    linear: ["x", "g"],
    batch: ["x", "g"],
  },
};
