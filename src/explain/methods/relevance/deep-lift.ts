import { InputError, float32, type Tensor } from "../../../base/index.js";
import { GraphBuilder, foldBatchNormalization } from "../../../graph/index.js";
import type { GraphMethod } from "../contract.js";
import { gatherAt } from "../gather-max-pools.js";
import { contributionSign, gradientFacts, sumOverChannels } from "../gradient/contract.js";
import { copyNetwork, differentiateStandIn, type StandIn, type StandInRule } from "./surrogate.js";

/** Differences from the reference smaller than this are taken as none. */
const tiny = 1e-6;

/** The rules, given a value's name in the copy that sees the reference image. */
function rescaleRules(referenceOf: (value: string) => string): Readonly<Record<string, StandInRule>> {
  const halfSum = (builder: GraphBuilder, a: string, b: string) => builder.op("Mul", [builder.op("Add", [a, b]), builder.constant(0.5)]);

  /** (y - y0) / (a - a0), and whether a differs from a0 at all. */
  const slope = (builder: GraphBuilder, [a, a0]: readonly [string, string], [y, y0]: readonly [string, string]) => {
    const difference = builder.op("Sub", [a, a0]);
    const isNone = builder.op("Less", [builder.op("Abs", [difference]), builder.constant(tiny)]);
    const divisor = builder.op("Where", [isNone, builder.constant(1), difference]);
    return { isNone, divisor, slope: builder.op("Div", [builder.op("Sub", [y, y0]), divisor]) };
  };

  /** y = f(a): the slope of the secant, and f's own where image and reference agree. */
  const rescale: StandInRule = ({ builder, x, y, live, copy }) => {
    const secant = slope(builder, [x[0]!, referenceOf(x[0]!)], [y, referenceOf(y)]);
    return builder.op("Where", [secant.isNone, copy(), builder.op("Mul", [live[0]!, secant.slope])]);
  };

  /** y = a b: each factor's difference times the mean of the other's two values, which is exact. */
  const product: StandInRule = ({ builder, node, x, live, copy }) => {
    if (live[0] === undefined || live[1] === undefined) return copy();
    const op = node.op as "Mul" | "MatMul";
    const mean = (i: number) => halfSum(builder, x[i]!, referenceOf(x[i]!));
    return builder.op("Add", [builder.op(op, [live[0], mean(1)]), builder.op(op, [mean(0), live[1]])]);
  };

  /** The difference of the maxima goes to the image's winner as far as the image's maximum is larger, to the reference's as far as its own is. */
  const maxPool: StandInRule = ({ builder, node, x, y, live }) => {
    const positionsOf = (value: string) => {
      const [pooled, positions] = [`${node.outputs[0]}/winner/${value}`, `${node.outputs[0]}/winners/${value}`];
      builder.append({ ...node, name: pooled, inputs: [value], outputs: [pooled, positions] });
      return positions;
    };
    const [a, a0, y0] = [x[0]!, referenceOf(x[0]!), referenceOf(y)];
    const { isNone, divisor } = slope(builder, [a, a0], [a, a0]);
    const share = builder.op("Where", [isNone, builder.constant(0), builder.op("Reciprocal", [divisor])]);
    const weighted = builder.op("Mul", [live[0]!, share]);
    const larger = builder.op("Max", [y, y0]);
    const own = builder.op("Mul", [gatherAt(builder, weighted, positionsOf(a)), builder.op("Sub", [larger, y0])]);
    const others = builder.op("Mul", [gatherAt(builder, weighted, positionsOf(a0)), builder.op("Sub", [y, larger])]);
    return builder.op("Add", [own, others]);
  };

  /** c r with r = g(v): the parts that layer normalization and softmax end in. */
  const timesInverse = (context: StandIn, factor: Triple, inverse: (value: string) => string, sum: Triple): string => {
    const { builder } = context;
    const [r, r0] = [inverse(sum.first), inverse(sum.reference)];
    const secant = slope(builder, [sum.first, sum.reference], [r, r0]);
    const liveInverse = builder.op("Mul", [sum.live, builder.op("Where", [secant.isNone, builder.constant(0), secant.slope])]);
    const fromFactor = builder.op("Mul", [factor.live, halfSum(builder, r, r0)]);
    return builder.op("Add", [fromFactor, builder.op("Mul", [liveInverse, halfSum(builder, factor.first, factor.reference)])]);
  };

  const layerNormalization: StandInRule = (context) => {
    const { builder, node, x, live } = context;
    const rank = builder.shape(x[0]!).length;
    const axis = Number(node.attributes["axis"]?.value ?? -1);
    const axes = Array.from({ length: rank }, (_, i) => i).filter((i) => i >= (axis < 0 ? axis + rank : axis));
    const mean = (value: string) => builder.op("ReduceMean", [value], { axes, keepdims: 1 });
    const centered = each([x[0]!, referenceOf(x[0]!), live[0]!], (value) => builder.op("Sub", [value, mean(value)]));
    const both = builder.op("Add", [centered.first, centered.reference]);
    const square = (value: string) => mean(builder.op("Mul", [value, value]));
    // c² - c0² = (c - c0)(c + c0)
    const variance = { first: square(centered.first), reference: square(centered.reference), live: mean(builder.op("Mul", [centered.live, both])) };
    const epsilon = builder.constant(Number(node.attributes["epsilon"]?.value ?? 1e-5));
    const inverse = (value: string) => builder.op("Reciprocal", [builder.op("Sqrt", [builder.op("Add", [value, epsilon])])]);
    return builder.op("Mul", [timesInverse(context, centered, inverse, variance), x[1]!]);
  };

  const softmax: StandInRule = (context) => {
    const { builder, node, x, live } = context;
    const axis = Number(node.attributes["axis"]?.value ?? -1);
    const rank = builder.shape(x[0]!).length;
    const axes = [axis < 0 ? axis + rank : axis];
    const largest = builder.op("ReduceMax", [builder.op("Max", [x[0]!, referenceOf(x[0]!)])], { axes, keepdims: 1 });
    const [e, e0] = [x[0]!, referenceOf(x[0]!)].map((value) => builder.op("Exp", [builder.op("Sub", [value, largest])])) as [string, string];
    const secant = slope(builder, [x[0]!, referenceOf(x[0]!)], [e, e0]);
    const liveExp = builder.op("Mul", [live[0]!, builder.op("Where", [secant.isNone, e, secant.slope])]);
    const sum = (value: string) => builder.op("ReduceSum", [value, builder.constant(axes)], { keepdims: 1 });
    return timesInverse(context, { first: e, reference: e0, live: liveExp }, (value) => builder.op("Reciprocal", [value]), { first: sum(e), reference: sum(e0), live: sum(liveExp) });
  };

  return {
    ...Object.fromEntries(
      ["Relu", "Clip", "LeakyRelu", "Elu", "Gelu", "QuickGelu", "Tanh", "Sigmoid", "HardSigmoid", "HardSwish", "Exp", "Log", "Sqrt", "Reciprocal", "Erf", "Abs"].map((op) => [op, rescale]),
    ),
    Mul: product,
    MatMul: product,
    MaxPool: maxPool,
    LayerNormalization: layerNormalization,
    Softmax: softmax,
  };
}

/** A value on the first path, in the copy that sees the reference, and on the second path. */
interface Triple {
  readonly first: string;
  readonly reference: string;
  readonly live: string;
}

function each([first, reference, live]: readonly [string, string, string], change: (value: string) => string): Triple {
  return { first: change(first), reference: change(reference), live: change(live) };
}

/** The reference image, repeated for every image of the batch. */
function referenceImage(builder: GraphBuilder, baseline: number | Tensor<"float32">): string {
  const [, channels, height, width] = builder.shape("input").map(Number) as [number, number, number, number];
  const size = channels * height * width;
  const data = typeof baseline === "number" ? new Float32Array(size).fill(baseline) : baseline.data;
  if (data.length !== size) throw new InputError("baseline", `baseline: expected [${channels}, ${height}, ${width}], got ${data.length} values.`);
  const image = builder.constant(float32([1, channels, height, width], data));
  return builder.op("Expand", [image, builder.op("Shape", ["input"])]);
}

/**
 * DeepLIFT, rescale rule: the difference of the score from that of a reference image is handed back layer by layer, each nonlinearity by its
 * secant (y - y0) / (a - a0) instead of its slope. The map sums to f(x) - f(reference).
 * Products, softmax and layer normalization are handed back exactly, each factor with the mean of the other.
 * @see A. Shrikumar, P. Greenside, A. Kundaje, Learning Important Features Through Propagating Activation Differences, ICML 2017,
 *   arXiv 1704.02685, section 3.5.2; max pooling as in Captum
 */
export const deepLift: GraphMethod = {
  ...gradientFacts,
  title: "DeepLIFT",
  summary: "Difference from a reference image, handed back by secants.",
  reference: "Shrikumar et al. 2017, arXiv 1704.02685",
  signed: true,
  sign: contributionSign,
  needs: ["gradients", "weights"],
  cost: { forward: 1, backward: 1 },
  explain({ graph: subject, total }, { baseline = 0 }) {
    const folded = foldBatchNormalization(subject).graph;
    const forward = GraphBuilder.from(folded);
    const image = referenceImage(forward, baseline);
    const reference = copyNetwork(forward, folded, new Map([["input", image]]), "reference");
    const { graph, derivative } = differentiateStandIn(forward.build(), {
      total,
      method: "deep-lift",
      rules: rescaleRules((value) => reference.get(value) ?? value),
      start: (builder) => {
        const live = builder.op("Identity", ["input"]);
        return { image: live, by: live };
      },
    });
    const builder = GraphBuilder.from(graph);
    const map = sumOverChannels(builder, builder.op("Mul", [builder.op("Sub", ["input", image]), derivative]));
    return { graph: builder.build(), map };
  },
};
