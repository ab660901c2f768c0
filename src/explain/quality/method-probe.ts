import { InputError, float32, type Tensor } from "../../base/index.js";
import { GraphBuilder, inlineInto } from "../../graph/index.js";
import type { Network } from "../../models/index.js";
import { createExplainer, type Explainer, type ExplainerOptions } from "../explainer.js";
import type { MethodName } from "../methods/index.js";
import type { MethodProbe, Variant } from "./contract.js";
import { randomizeWeights } from "./randomize-weights.js";

/** A probe that holds sessions. */
export interface OpenProbe extends MethodProbe {
  /** Frees the memory. */
  release(): Promise<void>;
}

export interface ProbeOptions extends Omit<ExplainerOptions, "target"> {
  /** Class that is explained, whatever is predicted. */
  readonly class: number;
}

/**
 * Prepares a method for being asked again: for changed images, randomized weights, another class, a shifted input. Each variant's
 * sessions are opened when it is first asked for and kept.
 * @throws what `createExplainer` throws
 */
export function openProbe(network: Network, weights: ReadonlyMap<string, Tensor>, method: MethodName, { class: index, ...options }: ProbeOptions): OpenProbe {
  const opened = new Map<string, Promise<Explainer>>();
  const open = (variant: Variant | undefined): Promise<Explainer> => {
    const of = (net: Network, values: ReadonlyMap<string, Tensor>, target = index) => createExplainer(net, values, method, { ...options, target: { class: target } });
    if (variant === undefined) return of(network, weights);
    if (variant.kind === "class") return of(network, weights, variant.index);
    if (variant.kind === "shifted") return of(shiftInput(network, variant.amount), weights);
    if (network.stages.length === 0) throw new InputError("no-stages", `${network.architecture}: expected a network with stages to randomize, got one without. Open it as a classifier first.`);
    return of(network, randomizeWeights(network, weights, variant));
  };
  return {
    stages: network.stages.map(({ name }) => name),
    classes: network.classes,
    class: index,
    maps: async (images, variant) => {
      const key = JSON.stringify(variant ?? {});
      const explainer = opened.get(key) ?? open(variant);
      opened.set(key, explainer);
      return (await (await explainer).explain(images)).maps;
    },
    release: async () => {
      for (const explainer of await Promise.allSettled(opened.values())) if (explainer.status === "fulfilled") await explainer.value.release();
      opened.clear();
    },
  };
}

/** A network that says of x + amount what the given one says of x. */
export function shiftInput(network: Network, amount: number): Network {
  const builder = new GraphBuilder({ name: network.graph.name });
  for (const { name, dtype, shape } of network.graph.inputs) builder.input(name, dtype, shape);
  const bind: Record<string, string> = Object.fromEntries(network.graph.inputs.map(({ name }) => [name, name]));
  bind["input"] = builder.op("Sub", ["input", builder.initializer("input.shift", float32([], [amount]))], {}, { name: "input.shifted", output: "input.shifted" });
  const outputs = inlineInto(builder, network.graph, { bind });
  for (const { name } of network.graph.outputs) builder.output(outputs[name]!, name);
  return { ...network, graph: builder.build() };
}
