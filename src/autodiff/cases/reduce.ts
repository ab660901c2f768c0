import type { OperatorName } from "../../graph/index.js";
import type { GradientCase, GradientCases } from "./contract.js";

type Attributes = Record<string, number | readonly number[]>;

function linear(op: OperatorName, attributes: Attributes = {}): GradientCase {
  return { build: (b, x) => b.op(op, [x["x"]!], attributes), linear: ["x"], batch: ["x"] };
}

function sum(axes: readonly number[], attributes: Attributes = {}): GradientCase {
  return { build: (b, x) => b.op("ReduceSum", [x["x"]!, b.constant(axes)], attributes), linear: ["x"], batch: ["x"] };
}

function extreme(op: OperatorName, attributes: Attributes): GradientCase {
  return { build: (b, x) => b.op(op, [x["x"]!], attributes), kink: true, batch: ["x"] };
}

export const reduceCases: GradientCases = {
  "sum over all": linear("ReduceSum", { keepdims: 0 }),
  "sum over an axis kept": sum([1]),
  "sum over a negative and the first axis": sum([-1, 0], { keepdims: 0 }),
  "sum over no axis": linear("ReduceSum", { noop_with_empty_axes: 1 }),
  "mean over all": linear("ReduceMean", { keepdims: 0 }),
  "mean over the batch": linear("ReduceMean", { axes: [0], keepdims: 0 }),
  "mean over two axes kept": linear("ReduceMean", { axes: [1, 2] }),
  "max with ties": extreme("ReduceMax", { axes: [1], keepdims: 0 }),
  "max over all with ties": extreme("ReduceMax", {}),
  "min with ties": extreme("ReduceMin", { axes: [0, 2], keepdims: 0 }),
  "max without ties": { build: (b, x) => b.op("ReduceMax", [x["x"]!], { axes: [-1], keepdims: 0 }), batch: ["x"] },
  "global average pool": linear("GlobalAveragePool"),
  "global max pool with ties": extreme("GlobalMaxPool", {}),
  "channel sum": linear("ChannelSum"),
  "channel sum of a matrix": linear("ChannelSum"),
};
