import { float32 } from "../../../base/index.js";
import { GraphBuilder, foldBatchNormalization } from "../../../graph/index.js";
import type { GraphMethod, LrpComposite } from "../contract.js";
import { gradientFacts, sumOverChannels } from "../gradient/contract.js";
import { safeRatio, standForLinear, type LrpRule, type Ones } from "./lrp-rules.js";
import { asItIs, differentiateStandIn, type StandIn, type StandInRule } from "./surrogate.js";

/** An activation hands on what it is given: y' = a' (y / a). */
const pass: StandInRule = ({ builder, x, y, live }) => (live[0] === undefined ? undefined : builder.op("Mul", [live[0], safeRatio(builder, y, x[0]!)]));

/** A gate of a product: made by a squashing function, or the factor that is repeated. */
function isGate({ builder, x }: StandIn, i: number): boolean {
  if (["Sigmoid", "HardSigmoid", "Softmax"].includes(builder.producer(x[i]!)?.op ?? "")) return true;
  const [own, other] = [builder.shape(x[i]!), builder.shape(x[1 - i]!)];
  return own.some((n, axis) => n === 1 && other[axis] !== undefined && other[axis] !== 1);
}

/** Of two factors a gate is held constant; two equals are held in turn, half and half. */
const product: StandInRule = (context) => {
  const { builder, node, x, live } = context;
  const held = (i: number) => builder.op(node.op as "Mul" | "MatMul", i === 0 ? [x[0]!, live[1]!] : [live[0]!, x[1]!]);
  if (live[0] === undefined || live[1] === undefined) return context.copy();
  if (x[0] === x[1]) return held(0);
  const gates = [0, 1].filter((i) => isGate(context, i));
  if (gates.length === 1) return held(gates[0]!);
  return builder.op("Mul", [builder.op("Add", [held(0), held(1)]), builder.constant(0.5)]);
};

/** The denominator is held constant. */
const quotient: StandInRule = ({ builder, x, live }) => (live[0] === undefined ? undefined : builder.op("Div", [live[0], x[1]!]));

/** The scale that the features themselves set is held constant: what is left is linear. */
const layerNormalization: StandInRule = ({ builder, node, x, live }) => {
  const rank = builder.shape(x[0]!).length;
  const axis = Number(node.attributes["axis"]?.value ?? -1);
  const axes = Array.from({ length: rank }, (_, i) => i).filter((i) => i >= (axis < 0 ? axis + rank : axis));
  const centered = (value: string) => builder.op("Sub", [value, builder.op("ReduceMean", [value], { axes, keepdims: 1 })]);
  const own = centered(x[0]!);
  const variance = builder.op("ReduceMean", [builder.op("Mul", [own, own])], { axes, keepdims: 1 });
  const spread = builder.op("Sqrt", [builder.op("Add", [variance, builder.constant(Number(node.attributes["epsilon"]?.value ?? 1e-5))])]);
  const scaled = builder.op("Mul", [builder.op("Div", [centered(live[0]!), spread]), x[1]!]);
  return x[2] ? builder.op("Add", [scaled, x[2]]) : scaled;
};

const held: StandInRule = () => undefined;

const fixedRules: Readonly<Record<string, StandInRule>> = {
  ...Object.fromEntries(["Relu", "Clip", "LeakyRelu", "Elu", "Gelu", "QuickGelu", "Tanh", "Sigmoid", "HardSigmoid", "HardSwish", "PRelu"].map((op) => [op, pass])),
  MaxPool: asItIs,
  GlobalMaxPool: asItIs,
  ReduceMax: asItIs,
  Mul: product,
  Div: quotient,
  LayerNormalization: layerNormalization,
  Softmax: held,
};

/** One rule for every linear layer, or by kind of layer. */
function relevance(fallback: LrpComposite): GraphMethod["explain"] {
  return ({ graph: subject, total }, { composite = fallback }) => {
    const folded = foldBatchNormalization(subject).graph;
    let ones: Ones = { live: "", held: "" };
    const linear: StandInRule = (context) => {
      const { node, live, x } = context;
      if (node.op === "MatMul" && live[0] !== undefined && live[1] !== undefined) return product(context);
      // A held gate such as attention's: linear, with a weight that the image sets.
      if (live.filter((value) => value !== undefined).length === 1 && !x.some((value, i) => i < 2 && context.builder.constantValue(value))) return context.copy();
      const seesImage = x.includes("input");
      const rule = seesImage ? composite.first : node.op === "Conv" ? composite.convolution : composite.dense;
      return standForLinear(context, rule, seesImage ? ones : undefined);
    };
    const { graph, derivative } = differentiateStandIn(folded, {
      total,
      method: "lrp",
      rules: { ...fixedRules, Conv: linear, Gemm: linear, MatMul: linear },
      // The image times a factor of one, by which is differentiated: the derivative is the relevance itself.
      start: (builder) => {
        const filled = () => builder.op("ConstantOfShape", [builder.op("Shape", ["input"])], { value: float32([1], [1]) });
        ones = { live: filled(), held: filled() };
        return { image: builder.op("Mul", ["input", ones.live]), by: ones.live };
      },
    });
    const builder = GraphBuilder.from(graph);
    const map = sumOverChannels(builder, derivative);
    return { graph: builder.build(), map };
  };
}

function everywhere(rule: LrpRule): LrpComposite {
  return { first: rule, convolution: rule, dense: rule };
}

const facts = {
  ...gradientFacts,
  reference: "Bach et al. 2015, doi 10.1371/journal.pone.0130140; Montavon et al. 2019, doi 10.1007/978-3-030-28954-6_10",
  signed: true,
  sign: "positive: the pixel is evidence for the target; negative: against it",
  needs: ["gradients", "weights"],
} as const satisfies Partial<GraphMethod>;

/**
 * Layer-wise relevance propagation: the score is handed back layer by layer, each sharing what it gets among its inputs by a rule
 * for linear layers (see `LrpRule`). Activations hand on what they get, max pooling gives all to the maximum, sums and means share in
 * proportion, a gate of a product gets nothing. Batch normalization is folded into the convolution before it. Biases keep their share.
 */
export const lrp = {
  "lrp-epsilon": { ...facts, title: "LRP-epsilon", summary: "Relevance shared by contributions, small sums damped.", explain: relevance(everywhere({ rule: "epsilon", share: 0.25 })) },
  "lrp-gamma": { ...facts, title: "LRP-gamma", summary: "Relevance shared by contributions, those of the sum's own sign favored.", explain: relevance(everywhere({ rule: "gamma", gamma: 0.25 })) },
  "lrp-alpha-beta": { ...facts, title: "LRP-alpha-beta", summary: "Positive contributions share twice the relevance, negative ones take it once.", explain: relevance(everywhere({ rule: "alpha-beta", alpha: 2, beta: 1 })) },
  "lrp-z-plus": { ...facts, title: "LRP-z+", summary: "Relevance shared by positive contributions alone.", explain: relevance(everywhere({ rule: "z-plus" })) },
  "lrp-composite": {
    ...facts,
    title: "LRP composite",
    summary: "Epsilon for dense layers, z+ for convolutions, flat for the first.",
    explain: relevance({ first: { rule: "flat" }, convolution: { rule: "z-plus" }, dense: { rule: "epsilon", share: 1e-6 } }),
  },
} as const satisfies Record<string, GraphMethod>;
