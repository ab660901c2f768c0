import type { GraphBuilder } from "../../graph/index.js";
import { addPenalty, decayApart, decayScalars } from "./penalty.js";
import type { Optimizer, OptimizerSettings, UpdateInputs } from "./contract.js";

const slots = ["firstMoment", "secondMoment"] as const;

/** stepSize = rate / (1 - beta1^t); rootCorrection = sqrt(1 - beta2^t). Made in double precision, as PyTorch does. */
function correctedScalars({ beta1, beta2 }: OptimizerSettings, learningRate: number, step: number) {
  return { stepSize: learningRate / (1 - beta1 ** step), rootCorrection: Math.sqrt(1 - beta2 ** step) };
}

/** The part that Adam and AdamW share: from a gradient and a parameter to the next parameter and moments. */
function momentStep(
  builder: GraphBuilder,
  { beta1, beta2, epsilon }: OptimizerSettings,
  { gradient, parameter, slots: state, scalars, settled = (value) => value }: Omit<UpdateInputs, "decayed" | "anchor">,
) {
  const blend = (old: string, fresh: string, keep: number) =>
    builder.op("Add", [
      builder.op("Mul", [old, builder.constant(keep)]),
      builder.op("Mul", [fresh, builder.constant(1 - keep)]),
    ]);
  const firstMoment = blend(state["firstMoment"]!, gradient, beta1);
  const secondMoment = blend(state["secondMoment"]!, builder.op("Mul", [gradient, gradient]), beta2);
  const root = builder.op("Div", [builder.op("Sqrt", [secondMoment]), scalars["rootCorrection"]!]);
  const ratio = builder.op("Div", [firstMoment, builder.op("Add", [root, builder.constant(epsilon)])]);
  const next = builder.op("Sub", [parameter, settled(builder.op("Mul", [ratio, scalars["stepSize"]!]))]);
  return { parameter: next, slots: { firstMoment, secondMoment } };
}

/**
 * Adam: m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2,
 * w <- w - rate / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + epsilon), with g the gradient plus weightDecay w.
 * @see Kingma and Ba 2015, arXiv 1412.6980; checked against torch.optim.Adam
 */
export const adam: Optimizer = {
  title: "Adam",
  summary: "Steps scaled by running moments of the gradient; weight decay enters the gradient.",
  reference: "Kingma and Ba 2015, arXiv 1412.6980",
  slots: () => slots,
  scalars: correctedScalars,
  update: (builder, settings, inputs) => momentStep(builder, settings, { ...inputs, gradient: addPenalty(builder, settings, inputs) }),
};

/**
 * AdamW: Adam's step on the bare gradient, after w <- w (1 - rate weightDecay).
 * @see Loshchilov and Hutter 2019, arXiv 1711.05101; checked against torch.optim.AdamW
 */
export const adamw: Optimizer = {
  title: "AdamW",
  summary: "Adam with weight decay applied to the weights themselves.",
  reference: "Loshchilov and Hutter 2019, arXiv 1711.05101",
  slots: () => slots,
  scalars: (settings, learningRate, step) => ({ ...correctedScalars(settings, learningRate, step), ...decayScalars(settings, learningRate) }),
  update: (builder, settings, inputs) => momentStep(builder, settings, { ...inputs, parameter: decayApart(builder, settings, inputs) }),
};
