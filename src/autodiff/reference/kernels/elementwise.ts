import { type DataType } from "../../../base/index.js";
import { dataTypeOf } from "../../../graph/index.js";
import { floatOf, intOf } from "../../attributes.js";
import { arrayOf, broadcastShape, broadcastTo, type NumericArray } from "../array.js";
import { inputOf, type Kernel, type KernelCall } from "../kernel.js";

function combine(arrays: readonly NumericArray[], dtype: DataType, f: (...values: number[]) => number): NumericArray[] {
  const shape = broadcastShape(...arrays.map((array) => array.shape));
  const wide = arrays.map((array) => broadcastTo(array, shape).data);
  return [arrayOf(shape, wide[0]!.map((_, i) => f(...wide.map((data) => data[i]!))), dtype)];
}

/** An elementwise function of all inputs; the result has the type of the first. */
function elementwise(f: (...values: number[]) => number): Kernel {
  return ({ inputs }) => combine(inputs as NumericArray[], inputs[0]!.dtype, f);
}

/** An elementwise function of one input and the node's attributes. */
function withNode(f: (call: KernelCall) => (...values: number[]) => number): Kernel {
  return (call) => combine(call.inputs as NumericArray[], call.inputs[0]!.dtype, f(call));
}

function truth(f: (a: number, b: number) => boolean): Kernel {
  return ({ inputs }) => combine(inputs as NumericArray[], "bool", (a, b) => Number(f(a, b)));
}

const clamp = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** erf(x) = 2/√π · exp(-x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)): all terms of one sign, so no cancellation. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

const divide: Kernel = ({ inputs }) => {
  const isFloat = inputs[0]!.dtype.startsWith("float");
  return combine(inputs as NumericArray[], inputs[0]!.dtype, (a, b) => (isFloat ? a / b : Math.trunc(a / b)));
};

const cast: Kernel = (call) => {
  const { shape, data } = inputOf(call, 0);
  const dtype = dataTypeOf(intOf(call.node, "to", 1), call.node.name);
  if (dtype === "bool") return [arrayOf(shape, data.map((x) => Number(x !== 0)), dtype)];
  return [arrayOf(shape, dtype.startsWith("float") ? data : data.map(Math.trunc), dtype)];
};

const clip: Kernel = (call) => {
  const x = inputOf(call, 0);
  const low = call.inputs[1]?.data[0] ?? -Infinity;
  const high = call.inputs[2]?.data[0] ?? Infinity;
  return [arrayOf(x.shape, x.data.map((value) => clamp(value, low, high)), x.dtype)];
};

const where: Kernel = ({ inputs }) => {
  const [condition, a, b] = inputs as [NumericArray, NumericArray, NumericArray];
  return combine([condition, a, b], a.dtype, (c, x, y) => (c !== 0 ? x : y));
};

export const elementwiseKernels = {
  Add: elementwise((a, b) => a + b),
  Sub: elementwise((a, b) => a - b),
  Mul: elementwise((a, b) => a * b),
  Div: divide,
  Mod: withNode(({ node }) => (intOf(node, "fmod", 0) === 1 ? (a, b) => a % b : (a, b) => a - Math.floor(a / b) * b)),
  Pow: elementwise((a, b) => a ** b),
  Max: elementwise(Math.max),
  Min: elementwise(Math.min),
  Sum: elementwise((...values) => values.reduce((a, b) => a + b)),
  Neg: elementwise((x) => -x),
  Abs: elementwise((x) => Math.abs(x)),
  Sign: elementwise((x) => Math.sign(x)),
  Exp: elementwise((x) => Math.exp(x)),
  Log: elementwise((x) => Math.log(x)),
  Sqrt: elementwise((x) => Math.sqrt(x)),
  Reciprocal: elementwise((x) => 1 / x),
  Floor: elementwise((x) => Math.floor(x)),
  Ceil: elementwise((x) => Math.ceil(x)),
  Round: elementwise((x) => roundHalfToEven(x)),
  Sin: elementwise((x) => Math.sin(x)),
  Cos: elementwise((x) => Math.cos(x)),
  Erf: elementwise((x) => erf(x)),
  Tanh: elementwise((x) => Math.tanh(x)),
  Sigmoid: elementwise((x) => sigmoid(x)),
  Softplus: elementwise((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Relu: elementwise((x) => Math.max(x, 0)),
  LeakyRelu: withNode(({ node }) => (x) => (x >= 0 ? x : floatOf(node, "alpha", 0.01) * x)),
  Elu: withNode(({ node }) => (x) => (x >= 0 ? x : floatOf(node, "alpha", 1) * Math.expm1(x))),
  HardSigmoid: withNode(({ node }) => (x) => clamp(floatOf(node, "alpha", 0.2) * x + floatOf(node, "beta", 0.5), 0, 1)),
  HardSwish: elementwise((x) => x * clamp(x / 6 + 0.5, 0, 1)),
  Gelu: elementwise((x) => (x / 2) * (1 + erf(x * Math.SQRT1_2))),
  QuickGelu: withNode(({ node }) => (x) => x * sigmoid(floatOf(node, "alpha", 1.702) * x)),
  Clip: clip,
  Cast: cast,
  Where: where,
  Identity: ({ inputs }) => [inputs[0]!],
  // As at inference; the training mode draws random numbers and is not interpreted.
  Dropout: ({ inputs }) => [inputs[0]!, arrayOf(inputs[0]!.shape, inputs[0]!.data.map(() => 1), "bool")],
  Greater: truth((a, b) => a > b),
  GreaterOrEqual: truth((a, b) => a >= b),
  Less: truth((a, b) => a < b),
  LessOrEqual: truth((a, b) => a <= b),
  Equal: truth((a, b) => a === b),
  And: truth((a, b) => a !== 0 && b !== 0),
  Or: truth((a, b) => a !== 0 || b !== 0),
  Not: truth((a) => a === 0),
  IsNaN: truth((a) => Number.isNaN(a)),
  IsInf: truth((a) => Math.abs(a) === Infinity),
  After: elementwise((x) => x),
  AfterReads: elementwise((x) => x),
  ReluGradient: elementwise((y, dy) => (y > 0 ? dy : 0)),
  ClipGradient: withNode(({ node }) => {
    const [min, max] = [floatOf(node, "min", -Infinity), floatOf(node, "max", Infinity)];
    return (x, dy) => (x > min && x < max ? dy : 0);
  }),
} as const satisfies Record<string, Kernel>;
