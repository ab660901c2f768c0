import { addPenalty } from "./penalty.js";
import type { Optimizer } from "./contract.js";

/**
 * Stochastic gradient descent: b <- momentum b + g, w <- w - rate b, with g the gradient plus weightDecay w.
 * Nesterov's form steps along g + momentum b.
 * @see Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning"; checked against torch.optim.SGD
 */
export const sgd: Optimizer = {
  title: "SGD",
  summary: "Gradient descent with momentum.",
  reference: "Sutskever et al. 2013, ICML",
  slots: ({ momentum }) => (momentum === 0 ? [] : ["momentum"]),
  scalars: (_settings, learningRate) => ({ learningRate }),
  update(builder, settings, inputs) {
    const { momentum, nesterov } = settings;
    const { parameter, slots, scalars } = inputs;
    const g = addPenalty(builder, settings, inputs);
    const step = (direction: string, state: Record<string, string>) => ({
      parameter: builder.op("Sub", [parameter, builder.op("Mul", [direction, scalars["learningRate"]!])]),
      slots: state,
    });
    if (momentum === 0) return step(g, {});
    const factor = builder.constant(momentum);
    const buffer = builder.op("Add", [builder.op("Mul", [slots["momentum"]!, factor]), g]);
    const direction = nesterov ? builder.op("Add", [g, builder.op("Mul", [buffer, factor])]) : buffer;
    return step(direction, { momentum: buffer });
  },
};
