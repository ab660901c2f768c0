import type { OperatorName } from "../../graph/index.js";
import type { GradientCase, GradientCases } from "./contract.js";

function norm(op: OperatorName, attributes: Record<string, number>, linear: string[] = []): GradientCase {
  return { build: (b, x) => b.op(op, Object.values(x), attributes), linear, batch: ["x"] };
}

export const normCases: GradientCases = {
  softmax: norm("Softmax", { axis: -1 }),
  "softmax over channels": norm("Softmax", { axis: 1 }),
  "log softmax": norm("LogSoftmax", { axis: -1 }),
  "log softmax over channels": norm("LogSoftmax", { axis: 1 }),
  "frozen batch normalization": norm("BatchNormalization", { epsilon: 1e-3 }, ["x", "s", "b", "m"]),
  "frozen batch normalization of a matrix": norm("BatchNormalization", { epsilon: 1e-5 }, ["x", "s", "b", "m"]),
  "batch normalization in training": {
    build: (b, x) => b.ops("BatchNormTraining", Object.values(x), { epsilon: 1e-3 }, { outputs: 4 })[0]!,
    linear: ["s", "b"],
    batch: ["x"],
  },
  "layer normalization": norm("LayerNormalization", { axis: -1, epsilon: 1e-5 }, ["s", "b"]),
  "layer normalization over two axes": norm("LayerNormalization", { axis: 1, epsilon: 1e-3 }, ["s"]),
};
