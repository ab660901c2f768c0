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
    const { parameter, slots, scalars, settled = (value: string) => value } = inputs;
    const factor = momentum === 0 ? "" : builder.constant(momentum);
    // Written first and so computed last: the gradient and what is made of it need less memory one after the other.
    const kept = momentum === 0 ? "" : builder.op("Mul", [slots["momentum"]!, factor]);
    const g = addPenalty(builder, settings, inputs);
    const step = (direction: string, state: Record<string, string>) => ({
      parameter: builder.op("Sub", [parameter, settled(builder.op("Mul", [direction, scalars["learningRate"]!]))]),
      slots: state,
    });
    if (momentum === 0) return step(g, {});
    const buffer = builder.op("Add", [kept, g]);
    const direction = nesterov ? builder.op("Add", [g, builder.op("Mul", [buffer, factor])]) : buffer;
    return step(direction, { momentum: buffer });
  },
};
