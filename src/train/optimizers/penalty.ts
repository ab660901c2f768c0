import type { GraphBuilder } from "../../graph/index.js";
import type { OptimizerSettings, UpdateInputs } from "./contract.js";

type Decayed = Pick<UpdateInputs, "parameter" | "decayed" | "anchor">;

/** Strength of a parameter's decay. */
function strengthOf({ weightDecay, startPenalty }: OptimizerSettings, { decayed, anchor }: Decayed): number {
  if (!decayed) return 0;
  return anchor === undefined ? weightDecay : startPenalty;
}

/**
 * Adds the gradient of the L2 penalty to a gradient: g + s w, or g + s (w - w0) toward an anchor w0 (L2-SP).
 * @see Li, Grandvalet and Davoine 2018, "Explicit inductive bias for transfer learning with convolutional networks", arXiv 1802.01483, equation 2
 */
export function addPenalty(builder: GraphBuilder, settings: OptimizerSettings, inputs: Decayed & { readonly gradient: string }): string {
  const strength = strengthOf(settings, inputs);
  if (strength === 0) return inputs.gradient;
  const distance = inputs.anchor === undefined ? inputs.parameter : builder.op("Sub", [inputs.parameter, inputs.anchor]);
  return builder.op("Add", [inputs.gradient, builder.op("Mul", [distance, builder.constant(strength)])]);
}

/** Decay apart from the gradient: w (1 - rate s), or w - rate s (w - w0) toward an anchor. */
export function decayApart(builder: GraphBuilder, settings: OptimizerSettings, inputs: Decayed & Pick<UpdateInputs, "scalars">): string {
  const { parameter, anchor, scalars } = inputs;
  if (strengthOf(settings, inputs) === 0) return parameter;
  if (anchor === undefined) return builder.op("Mul", [parameter, scalars["decayFactor"]!]);
  const distance = builder.op("Sub", [parameter, anchor]);
  return builder.op("Sub", [parameter, builder.op("Mul", [distance, scalars["startStep"]!])]);
}

/** Scalars of {@link decayApart}. */
export function decayScalars({ weightDecay, startPenalty }: OptimizerSettings, learningRate: number): Record<string, number> {
  return { decayFactor: 1 - learningRate * weightDecay, ...(startPenalty !== 0 && { startStep: learningRate * startPenalty }) };
}
