import { tensor } from "../../base/index.js";
import { dataTypeCode, type OperatorName } from "../../graph/index.js";
import type { GradientCase, GradientCases } from "./contract.js";

type Attributes = Record<string, number>;

function binary(op: OperatorName, facts: Omit<GradientCase, "build"> = {}, attributes: Attributes = {}): GradientCase {
  return { build: (b, x) => b.op(op, Object.values(x), attributes), ...facts };
}

function unary(op: OperatorName, facts: Omit<GradientCase, "build"> = {}, attributes: Attributes = {}): GradientCase {
  return binary(op, { batch: ["x"], ...facts }, attributes);
}

const both = { linear: ["a", "b"], batch: ["a"] };

/** A constant of truth values. */
function truths(shape: readonly number[], values: readonly number[]) {
  return tensor("bool", shape, Uint8Array.from(values));
}

export const elementwiseCases: GradientCases = {
  add: { ...binary("Add"), linear: ["a", "b"], batch: ["a", "b"] },
  "add a scalar": binary("Add", both),
  "add with missing axes": binary("Add", both),
  "add broadcasting both sides": binary("Add", both),
  "add a bias per channel": binary("Add", both),
  "sub broadcasting both sides": binary("Sub", both),
  "mul broadcasting both sides": binary("Mul", both),
  "mul a scalar": binary("Mul", both),
  "mul of one input by itself": { build: (b, x) => b.op("Mul", [x["a"]!, x["a"]!]), batch: ["a"] },
  "div broadcasting both sides": binary("Div", { linear: ["a"], batch: ["a"] }),
  "sum of three": binary("Sum", { linear: ["a", "b", "c"], batch: ["a", "c"] }),
  "max with ties": binary("Max", { kink: true, batch: ["a", "b"] }),
  "min with ties and broadcasting": binary("Min", { kink: true, batch: ["a"] }),
  square: { build: (b, x) => b.op("Pow", [x["a"]!, b.constant(2)]), batch: ["a"] },
  cube: { build: (b, x) => b.op("Pow", [x["a"]!, b.constant(3)]), batch: ["a"] },
  "square root as a power": { build: (b, x) => b.op("Pow", [x["a"]!, b.constant(0.5)]), batch: ["a"] },
  "power of two inputs": binary("Pow", { batch: ["a"] }),
  "power with base zero": binary("Pow", { kink: true }),
  remainder: binary("Mod", { linear: ["a"] }, { fmod: 1 }),

  neg: unary("Neg", { linear: ["x"] }),
  "abs at zero": unary("Abs", { kink: true }),
  exp: unary("Exp"),
  log: unary("Log"),
  sqrt: unary("Sqrt"),
  reciprocal: unary("Reciprocal"),
  erf: unary("Erf"),
  tanh: unary("Tanh"),
  sigmoid: unary("Sigmoid"),
  sin: unary("Sin"),
  cos: unary("Cos"),
  softplus: unary("Softplus"),
  "relu at zero": unary("Relu", { kink: true }),
  "leaky relu at zero": unary("LeakyRelu", { kink: true }, { alpha: 0.1 }),
  elu: unary("Elu", {}, { alpha: 0.7 }),
  "clip at its bounds": { build: (b, x) => b.op("Clip", [x["x"]!, b.constant(0), b.constant(6)]), kink: true, batch: ["x"] },
  "clip above alone": { build: (b, x) => b.op("Clip", [x["x"]!, "", b.constant(2)]), batch: ["x"] },
  "clip between computed bounds": {
    build: (b, x) => {
      const [low, high] = [b.op("Neg", [b.op("Abs", [x["low"]!])]), b.op("Abs", [x["high"]!])];
      return b.op("Clip", [x["x"]!, low, high]);
    },
    inputs: { x: [3, 4], low: [], high: [] },
    batch: ["x"],
  },
  "hard sigmoid at its bounds": unary("HardSigmoid", { kink: true }, { alpha: 1 / 6 }),
  "hard swish": unary("HardSwish"),
  gelu: unary("Gelu"),
  "quick gelu": unary("QuickGelu"),
  floor: unary("Floor"),
  round: unary("Round"),
  sign: unary("Sign"),
  ceil: unary("Ceil"),
  "identity and dropout at rest": { build: (b, x) => b.op("Identity", [b.op("Dropout", [x["x"]!])]), linear: ["x"], batch: ["x"] },
  "cast there and back": {
    build: (b, x) => b.op("Cast", [b.op("Cast", [x["x"]!], { to: dataTypeCode("float64") })], { to: dataTypeCode("float32") }),
    inputs: { x: [2, 3] },
    linear: ["x"],
    batch: ["x"],
  },
  "where broadcasting": {
    build: (b, x) => b.op("Where", [b.constant(truths([4], [1, 0, 1, 0])), x["a"]!, x["b"]!]),
    ...both,
  },
  "dropout with a given mask": {
    build: (b, x) => {
      const kept = b.op("Where", [b.constant(truths([2, 3], [1, 0, 1, 1, 0, 1])), x["x"]!, b.constant(0)]);
      return b.op("Div", [kept, b.constant(0.7)]);
    },
    linear: ["x"],
  },
  "a sum of shared parts": {
    build: (b, { x = "" }) => {
      const gated = b.op("Mul", [x, b.op("Sigmoid", [x])]);
      return b.op("Mul", [b.op("Add", [gated, x]), b.op("Exp", [x])]);
    },
    batch: ["x"],
  },
  "a value that waits for another": {
    build: (b, x) => b.op("Mul", [b.op("After", [x["x"]!, x["g"]!]), x["g"]!]),
    inputs: { x: [3, 4], g: [3, 4] },
    linear: ["x", "g"],
  },
  "a value that waits for the reads of another": {
    build: (b, x) => b.op("Mul", [b.op("AfterReads", [x["x"]!, x["g"]!]), x["g"]!]),
    inputs: { x: [3, 4], g: [3, 4] },
    linear: ["x", "g"],
  },
  "second order of relu": { build: (b, x) => b.op("ReluGradient", [b.op("Relu", [x["y"]!]), x["g"]!]), inputs: { y: [3, 4], g: [3, 4] }, linear: ["g"] },
  "second order of clip": {
    build: (b, x) => b.op("ClipGradient", [x["y"]!, x["g"]!], { min: -0.5, max: 0.5 }),
    inputs: { y: [3, 4], g: [3, 4] },
    linear: ["g"],
  },
};
