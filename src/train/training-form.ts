import { InputError, InternalError } from "../base/index.js";
import { GraphBuilder, type Node } from "../graph/index.js";
import type { Network } from "../models/index.js";
import { nodesBetween } from "./cut.js";

/** A factor that is drawn anew for every step: 0 with probability p, else 1 / (1 - p). */
export interface DropoutMask {
  /** Name of the graph input. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly probability: number;
}

export interface TrainingFormOptions {
  readonly network: Network;
  /** Value the form starts at: the network's input, or the end of what is frozen. */
  readonly start: string;
  /** Value it ends at; the logits where left out. */
  readonly end?: string;
  /** Images per step; the form's first axis. */
  readonly batch: number;
  /** Batch statistics, stored statistics folded into the convolutions, or the operator as it is. */
  readonly batchNorm: "train" | "frozen" | "kept";
  /** Probability for every Dropout; undefined keeps each one's own. */
  readonly dropout: number | undefined;
  /** Whether residual branches are left out at random, per image, where the network says so. */
  readonly stochasticDepth: "drawn" | "off";
}

/** A network in the form that is trained. The builder is left open for loss and optimizer. */
export interface TrainingForm {
  readonly builder: GraphBuilder;
  /** The end, under the name it has in the form. */
  readonly end: string;
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  /** Parameters that became inputs, by name. */
  readonly parameters: readonly string[];
  /** Running statistic -> its next value. */
  readonly statistics: ReadonlyMap<string, string>;
  readonly masks: readonly DropoutMask[];
}

function floatAttribute(node: Node, key: string, otherwise: number): number {
  const attribute = node.attributes[key];
  return attribute?.kind === "float" || attribute?.kind === "int" ? attribute.value : otherwise;
}

/**
 * Rewrites a network from its inference form to the form that is trained:
 * - `BatchNormalization` with batch statistics also yields the next running statistics, r <- 0.9 r + 0.1 batch, the variance unbiased (n - 1), as PyTorch does;
 * - frozen `BatchNormalization` behind a convolution is folded into it symbolically, W' = W scale / sqrt(var + eps): scale and bias still
 *   train, and no activation is touched twice;
 * - `Dropout` becomes a product with a mask that is an input, so that a resumed run draws what an uninterrupted one would;
 * - stochastic depth becomes a product with one such number per image, [N, 1, ...], as torchvision.ops.StochasticDepth in mode "row".
 * @throws InputError `batch-statistics` where a batch has one value per channel only
 */
export function trainingForm(options: TrainingFormOptions): TrainingForm {
  const { network, start, batch } = options;
  const { graph } = network;
  const nodes = nodesBetween(graph, start, options.end ?? "logits");
  const form = new FormBuilder(options, nodes);
  const startInfo = graph.values.get(start);
  if (startInfo === undefined) throw new InternalError("training-form", `training form: expected a value of the network, got "${start}".`);
  const shape = [batch, ...(startInfo.shape.slice(1) as number[])];
  form.builder.input(start, startInfo.dtype, shape);

  const parameterNames = new Set(network.parameters.map(({ name }) => name));
  const parameters: string[] = [];
  for (const name of new Set(nodes.flatMap(({ inputs }) => inputs))) {
    const constant = graph.initializers.get(name);
    if (constant !== undefined) form.builder.initializer(name, constant);
    if (!parameterNames.has(name)) continue;
    const info = graph.values.get(name)!;
    form.builder.input(name, info.dtype, info.shape);
    parameters.push(name);
  }
  for (const node of nodes) form.add(node);
  return {
    builder: form.builder,
    end: form.resolve(options.end ?? "logits"),
    input: { name: start, shape },
    parameters,
    statistics: form.statistics,
    masks: form.masks,
  };
}

class FormBuilder {
  readonly builder = new GraphBuilder({ name: "training" });
  readonly statistics = new Map<string, string>();
  readonly masks: DropoutMask[] = [];
  readonly #renamed = new Map<string, string>();
  /** Convolutions that wait for the frozen normalisation behind them. */
  readonly #held = new Map<string, Node>();
  readonly #options: TrainingFormOptions;
  readonly #nodes: readonly Node[];

  constructor(options: TrainingFormOptions, nodes: readonly Node[]) {
    this.#options = options;
    this.#nodes = nodes;
  }

  resolve(name: string): string {
    return this.#renamed.get(name) ?? name;
  }

  add(node: Node): void {
    this.#addNode(node);
    if (this.#options.stochasticDepth === "off") return;
    for (const value of node.outputs) {
      const probability = this.#options.network.droppedBranches?.get(value);
      if (probability !== undefined) this.#dropBranch(value, probability);
    }
  }

  #addNode(node: Node): void {
    if (node.op === "Dropout") return this.#addDropout(node);
    if (node.op === "BatchNormalization") {
      if (this.#options.batchNorm === "train") return this.#addBatchStatistics(node);
      const convolution = this.#held.get(node.inputs[0]!);
      if (convolution !== undefined) return this.#addFolded(convolution, node);
    }
    if (node.op === "Conv" && this.#isFoldable(node)) {
      this.#held.set(node.outputs[0]!, node);
      return;
    }
    this.builder.append({ ...node, inputs: node.inputs.map((name) => this.resolve(name)) });
  }

  /** Whether a convolution is read by one frozen normalisation and by nothing else. */
  #isFoldable({ outputs: [output] }: Node): boolean {
    if (this.#options.batchNorm !== "frozen") return false;
    const consumers = this.#nodes.filter(({ inputs }) => inputs.includes(output!));
    return consumers.length === 1 && consumers[0]!.op === "BatchNormalization" && consumers[0]!.inputs[0] === output;
  }

  #addFolded(convolution: Node, normalisation: Node): void {
    const { builder } = this;
    const [, scale, bias, mean, variance] = normalisation.inputs as [string, string, string, string, string];
    const [x, weight, ownBias] = convolution.inputs;
    const shape = builder.staticShape(weight!);
    const folded = builder.scope(normalisation.name, () => {
      const epsilon = builder.constant(floatAttribute(normalisation, "epsilon", 1e-5));
      const deviation = builder.op("Sqrt", [builder.op("Add", [variance, epsilon])]);
      const gain = builder.op("Div", [scale, deviation]);
      const column = builder.op("Reshape", [gain, builder.constant([shape[0]!, ...shape.slice(1).map(() => 1)])]);
      const centre = ownBias ? builder.op("Sub", [mean, ownBias]) : mean;
      return {
        weight: builder.op("Mul", [weight!, column]),
        bias: builder.op("Sub", [bias, builder.op("Mul", [centre, gain])]),
      };
    });
    builder.append({
      ...convolution,
      inputs: [this.resolve(x!), folded.weight, folded.bias],
      outputs: normalisation.outputs.slice(0, 1),
    });
  }

  #addBatchStatistics(node: Node): void {
    const { builder } = this;
    const [x, scale, bias, mean, variance] = node.inputs as [string, string, string, string, string];
    const shape = builder.staticShape(this.resolve(x));
    const count = shape.reduce((product, n, axis) => (axis === 1 ? product : product * n), 1);
    if (count < 2) {
      throw new InputError(
        "batch-statistics",
        `${node.name}: expected more than one value per channel for batch statistics, got ${count}. Use a batch size of 2 or more, or batchNorm "frozen".`,
      );
    }
    const [, batchMean, batchVariance] = builder.ops(
      "BatchNormTraining",
      [this.resolve(x), scale, bias],
      { epsilon: floatAttribute(node, "epsilon", 1e-5) },
      { name: node.name, outputs: [node.outputs[0]!, `${node.name}/mean`, `${node.name}/variance`, `${node.name}/invStd`] },
    ) as [string, string, string, string];
    const keep = floatAttribute(node, "momentum", 0.9);
    const blend = (running: string, fresh: string, factor: number) => {
      const kept = builder.op("Mul", [running, builder.constant(keep)]);
      this.statistics.set(running, builder.op("Add", [kept, builder.op("Mul", [fresh, builder.constant(factor)])]));
    };
    builder.scope(node.name, () => {
      blend(mean, batchMean, 1 - keep);
      blend(variance, batchVariance, ((1 - keep) * count) / (count - 1));
    });
  }

  #addDropout(node: Node): void {
    const { builder } = this;
    const [x, ratio] = node.inputs;
    const own = ratio ? builder.constantValue(ratio)?.data[0] : floatAttribute(node, "ratio", 0.5);
    const probability = this.#options.dropout ?? Number(own ?? 0.5);
    const source = this.resolve(x!);
    if (probability === 0) {
      this.#renamed.set(node.outputs[0]!, source);
      return;
    }
    const mask = this.#addMask(node.name, builder.staticShape(source), probability);
    builder.op("Mul", [source, mask], {}, { name: node.name, output: node.outputs[0]! });
  }

  #dropBranch(value: string, probability: number): void {
    const { builder } = this;
    const source = this.resolve(value);
    const [batch, ...rest] = builder.staticShape(source);
    const mask = this.#addMask(`${value}/depth`, [batch!, ...rest.map(() => 1)], probability);
    this.#renamed.set(value, builder.op("Mul", [source, mask], {}, { name: `${value}/depth` }));
  }

  /** Declares a mask as an input and returns its name. */
  #addMask(path: string, shape: readonly number[], probability: number): string {
    const mask = { name: `${path}/mask`, shape, probability };
    this.masks.push(mask);
    return this.builder.input(mask.name, "float32", shape);
  }
}
