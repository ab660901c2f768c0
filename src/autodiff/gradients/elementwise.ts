import { UnsupportedError } from "../../base/index.js";
import type { OperatorName } from "../../graph/index.js";
import { floatOf } from "../attributes.js";
import { type GradientContext, type GradientRule, type NoGradient, noGradient } from "../contract.js";

/** Bound of a Clip that has none on that side. */
const FLOAT32_MAX = 3.4028234663852886e38;

/** y = f(x): dX = dY · f'(x), written by `derivative` from the gradient, x and y. */
function unary(derivative: (context: GradientContext, dy: string, x: string, y: string) => string): GradientRule {
  return (context) => [derivative(context, context.dy[0]!, context.x[0]!, context.y[0]!)];
}

/** Piecewise constant: the gradient is zero wherever it exists. */
const flat: GradientRule = ({ x }) => x.map(() => undefined);

/** Share of each input in Max or Min: 1 where it is the extreme alone, 1 / m where m inputs tie. */
const extreme: GradientRule = ({ emit, x, y, dy, wants }) => {
  if (x.length === 1) return [dy[0]];
  const isExtreme = x.map((value) => emit.castLike(emit.op("Equal", [value, y[0]!]), value));
  const ties = isExtreme.reduce((sum, mask) => emit.add(sum, mask));
  const share = emit.op("Div", [dy[0]!, ties]);
  return x.map((_, i) => (wants(i) ? emit.op("Mul", [share, isExtreme[i]!]) : undefined));
};

/** y = a^b: dA = dY · b · a^(b-1), dB = dY · y · ln a (0 where a = 0, as PyTorch). */
const power: GradientRule = ({ emit, x, y, dy, wants }) => {
  const [a, b] = [x[0]!, x[1]!];
  const exponent = emit.constantNumber(b);
  const slope = () => {
    if (exponent === 1) return dy[0]!;
    if (exponent === 2) return emit.mul(dy[0]!, emit.scale(a, 2));
    const lower = exponent === undefined ? emit.sub(b, emit.scalar(1, b)) : emit.scalar(exponent - 1, a);
    return emit.mul(dy[0]!, emit.op("Mul", [b, emit.op("Pow", [a, lower])]));
  };
  const growth = () => {
    const isZero = emit.op("Equal", [a, emit.scalar(0, a)]);
    const logarithm = emit.op("Log", [emit.op("Where", [isZero, emit.scalar(1, a), a])]);
    return emit.mul(dy[0]!, emit.op("Mul", [y[0]!, logarithm]));
  };
  return [wants(0) ? slope() : undefined, wants(1) ? growth() : undefined];
};

/** y = min(max(x, low), high): dX = dY where low < x < high; a bound gets dY where it holds x back. */
const clip: GradientRule = ({ emit, x, dy, wants }) => {
  const [value, low, high] = [x[0]!, x[1] || undefined, x[2] || undefined];
  const [min, max] = [low ? emit.constantNumber(low) : -FLOAT32_MAX, high ? emit.constantNumber(high) : FLOAT32_MAX];
  const none = () => emit.scalar(0, value);
  const inside = () => {
    if (min !== undefined && max !== undefined) return emit.op("ClipGradient", [value, dy[0]!], { min, max });
    const above = low && emit.op("Greater", [value, low]);
    const below = high && emit.op("Less", [value, high]);
    const both = above && below ? emit.op("And", [above, below]) : (above ?? below)!;
    return emit.op("Where", [both, dy[0]!, none()]);
  };
  const held = (bound: string, comparison: "Less" | "Greater") =>
    emit.op("Where", [emit.op(comparison, [value, bound]), dy[0]!, none()]);
  return [
    wants(0) ? inside() : undefined,
    low && wants(1) ? held(low, "Less") : undefined,
    high && wants(2) ? held(high, "Greater") : undefined,
  ];
};

/** y = x at rest; in training y = x · mask / (1 - ratio), with the mask that the node itself drew. */
const dropout: GradientRule = ({ node, emit, x, y, dy }) => {
  const mode = x[2] ? emit.constantNumber(x[2]) : 0;
  if (mode === 0) return [dy[0]];
  if (mode === undefined || !y[1]) {
    throw new UnsupportedError(
      "no-gradient",
      `Dropout "${node.name}": expected a constant training_mode and, in training, the output mask, got ` +
        `${mode === undefined ? "a computed training_mode" : "no mask"}. Name the mask, or feed one and multiply by it.`,
    );
  }
  const kept = emit.op("Where", [y[1], dy[0]!, emit.scalar(0, dy[0]!)]);
  if (!x[1]) return [emit.scale(kept, 2)];
  return [emit.op("Div", [kept, emit.sub(emit.scalar(1, x[1]), x[1])])];
};

/** Φ(x) + x · φ(x) with the standard normal's distribution function Φ and density φ. */
function geluSlope({ emit }: GradientContext, x: string): string {
  const distribution = emit.op("Mul", [
    emit.add(emit.op("Erf", [emit.scale(x, Math.SQRT1_2)]), emit.scalar(1, x)),
    emit.scalar(0.5, x),
  ]);
  const density = emit.scale(emit.op("Exp", [emit.scale(emit.op("Mul", [x, x]), -0.5)]), 1 / Math.sqrt(2 * Math.PI));
  return emit.add(distribution, emit.op("Mul", [x, density]));
}

const truth = noGradient("its output is a truth value");

export const elementwise = {
  Add: ({ dy }) => [dy[0], dy[0]],
  Sub: ({ emit, dy, wants }) => [dy[0], wants(1) ? emit.neg(dy[0]!) : undefined],
  Mul: ({ emit, x, dy, wants }) => [
    wants(0) ? emit.mul(dy[0]!, x[1]!) : undefined,
    wants(1) ? emit.mul(dy[0]!, x[0]!) : undefined,
  ],
  // dA = dY / b, dB = -y · dY / b
  Div: ({ emit, x, y, dy, wants }) => {
    const quotient = emit.div(dy[0]!, x[1]!);
    return [quotient, wants(1) ? emit.neg(emit.op("Mul", [quotient, y[0]!])) : undefined];
  },
  Sum: ({ x, dy }) => x.map(() => dy[0]),
  Max: extreme,
  Min: extreme,
  Pow: power,
  // y = a - q · b with a whole number q
  Mod: ({ emit, x, y, dy, wants }) => [
    dy[0],
    wants(1) ? emit.mul(dy[0]!, emit.op("Div", [emit.sub(y[0]!, x[0]!), x[1]!])) : undefined,
  ],

  Identity: ({ dy }) => [dy[0]],
  Neg: unary(({ emit }, dy) => emit.neg(dy)),
  Abs: unary(({ emit }, dy, x) => emit.mul(dy, emit.op("Sign", [x]))),
  Exp: unary(({ emit }, dy, _x, y) => emit.mul(dy, y)),
  Log: unary(({ emit }, dy, x) => emit.div(dy, x)),
  Sqrt: unary(({ emit }, dy, _x, y) => emit.div(emit.scale(dy, 0.5), y)),
  Reciprocal: unary(({ emit }, dy, _x, y) => emit.neg(emit.mul(dy, emit.op("Mul", [y, y])))),
  // 2 / √π · exp(-x²)
  Erf: unary(({ emit }, dy, x) =>
    emit.mul(emit.scale(dy, 2 / Math.sqrt(Math.PI)), emit.op("Exp", [emit.neg(emit.op("Mul", [x, x]))])),
  ),
  Tanh: unary(({ emit }, dy, _x, y) => emit.mul(dy, emit.sub(emit.scalar(1, y), emit.op("Mul", [y, y])))),
  Sigmoid: unary(({ emit }, dy, _x, y) => emit.mul(dy, emit.op("Mul", [y, emit.sub(emit.scalar(1, y), y)]))),
  // y = clip(alpha · x + beta, 0, 1) is inside its bounds exactly where y is.
  HardSigmoid: unary(({ emit, node }, dy, _x, y) =>
    emit.scale(emit.op("ClipGradient", [y, dy], { min: 0, max: 1 }), floatOf(node, "alpha", 0.2)),
  ),
  Relu: unary(({ emit }, dy, _x, y) => emit.op("ReluGradient", [y, dy])),
  LeakyRelu: unary(({ emit, node }, dy, x) =>
    emit.op("Where", [
      emit.op("Greater", [x, emit.scalar(0, x)]),
      dy,
      emit.scale(dy, floatOf(node, "alpha", 0.01)),
    ]),
  ),
  Clip: clip,
  Gelu: unary((context, dy, x) => context.emit.mul(dy, geluSlope(context, x))),
  // y = x · s with s = sigmoid(alpha · x): s + alpha · y · (1 - s)
  QuickGelu: unary(({ emit, node }, dy, x, y) => {
    const alpha = floatOf(node, "alpha", 1.702);
    const s = emit.op("Sigmoid", [emit.scale(x, alpha)]);
    const rest = emit.scale(emit.op("Mul", [y, emit.sub(emit.scalar(1, s), s)]), alpha);
    return emit.mul(dy, emit.add(s, rest));
  }),
  Elu: unary(({ emit, node }, dy, x, y) => {
    const below = emit.mul(dy, emit.add(y, emit.scalar(floatOf(node, "alpha", 1), y)));
    return emit.op("Where", [emit.op("Greater", [x, emit.scalar(0, x)]), dy, below]);
  }),
  Softplus: unary(({ emit }, dy, x) => emit.mul(dy, emit.op("Sigmoid", [x]))),
  // y = x · h with h = clip(x / 6 + 1 / 2, 0, 1): h + x / 6 where h is inside its bounds
  HardSwish: unary(({ emit }, dy, x) => {
    const h = emit.op("HardSigmoid", [x], { alpha: 1 / 6, beta: 0.5 });
    const inside = emit.op("ClipGradient", [h, emit.scale(emit.mul(dy, x), 1 / 6)], { min: 0, max: 1 });
    return emit.add(emit.mul(dy, h), inside);
  }),
  Sin: unary(({ emit }, dy, x) => emit.mul(dy, emit.op("Cos", [x]))),
  Cos: unary(({ emit }, dy, x) => emit.neg(emit.mul(dy, emit.op("Sin", [x])))),
  Sign: flat,
  Floor: flat,
  Ceil: flat,
  Round: flat,
  Cast: ({ emit, x, dy }) => [emit.castLike(dy[0]!, x[0]!)],
  Where: ({ emit, x, dy, wants }) => {
    const none = emit.scalar(0, dy[0]!);
    return [
      undefined,
      wants(1) ? emit.op("Where", [x[0]!, dy[0]!, none]) : undefined,
      wants(2) ? emit.op("Where", [x[0]!, none, dy[0]!]) : undefined,
    ];
  },
  Dropout: dropout,

  Greater: truth,
  GreaterOrEqual: truth,
  Less: truth,
  LessOrEqual: truth,
  Equal: truth,
  And: truth,
  Or: truth,
  Not: truth,
  IsNaN: truth,
  IsInf: truth,

  After: ({ dy }) => [dy[0], undefined],
  AfterReads: ({ dy }) => [dy[0], undefined],

  // Piecewise linear: the second derivative lies in dY alone.
  ReluGradient: ({ emit, x, dy }) => [undefined, emit.op("ReluGradient", [x[0]!, dy[0]!])],
  ClipGradient: ({ emit, node, x, dy }) => [
    undefined,
    emit.op("ClipGradient", [x[0]!, dy[0]!], {
      min: floatOf(node, "min", -FLOAT32_MAX),
      max: floatOf(node, "max", FLOAT32_MAX),
    }),
  ],
} as const satisfies Partial<Record<OperatorName, GradientRule | NoGradient>>;
