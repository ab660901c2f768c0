import { int64 } from "../../base/index.js";
import type { GradientCases } from "./contract.js";

const labels = [0, 2, 1, 2];

export const networkCases: GradientCases = {
  // Convolutions (stride 2, depthwise, 1 x 1), batch statistics, Relu, Clip, MaxPool, a shortcut, mean loss over the batch.
  "small network": {
    build: (b, x) => {
      const input = (name: string) => x[name]!;
      const normalized = (h: string, scale: string, bias: string) =>
        b.ops("BatchNormTraining", [h, input(scale), input(bias)], { epsilon: 1e-5 }, { outputs: 4 })[0]!;
      const stem = b.op("Conv", [input("x"), input("w1")], { pads: [1, 1, 1, 1], strides: [2, 2] });
      const pooled = b.op("MaxPool", [b.op("Relu", [normalized(stem, "s1", "b1")])], { kernel_shape: [2, 2], strides: [2, 2] });
      const deep = b.op("Conv", [pooled, input("w2")], { pads: [1, 1, 1, 1], group: 4 });
      const bounded = b.op("Clip", [normalized(deep, "s2", "b2"), b.constant(0), b.constant(6)]);
      const joined = b.op("Conv", [b.op("Add", [pooled, bounded]), input("wd"), input("bd")]);
      const features = b.op("Flatten", [b.op("GlobalAveragePool", [joined])]);
      const logits = b.op("Gemm", [features, input("wf"), input("bf")], { transB: 1 });
      const column = b.constant(int64([labels.length, 1], labels));
      const chosen = b.op("GatherElements", [b.op("LogSoftmax", [logits], { axis: 1 }), column], { axis: 1 });
      return b.op("Neg", [b.op("ReduceMean", [chosen], { keepdims: 0 })]);
    },
  },
};
