import path from "node:path";
import { InputError, type Tensor } from "../base/index.js";
import { explainedGraph } from "../explain/index.js";
import { sha256OfFile } from "../files/index.js";
import { GraphBuilder, bindConstants, type Graph } from "../graph/index.js";
import type { Preprocessing } from "../images/index.js";
import { architectures, imagenetLabels, importWeights, openWeights, statedNormalization, weightsSources, type ArchitectureName, type Network } from "../models/index.js";
import type { GreyPolicy } from "./grey-option.js";

/** A network of the shelf with a file's weights, ready to run. */
export interface PlainModel {
  /** Outputs `logits` and `probabilities`, and `map` where it was asked for. */
  readonly graph: Graph;
  readonly labels: string[];
  readonly preprocessing: Preprocessing;
  readonly sha256: string;
  /** What was done to the weights, and where labels and preprocessing come from. */
  readonly remarks: readonly string[];
  readonly inside: { readonly network: Network; readonly weights: ReadonlyMap<string, Tensor> };
}

export interface PlainModelOptions {
  readonly grey: GreyPolicy;
  readonly maps: "none" | "grad-cam";
}

/**
 * Builds a network with weights that know nothing of their labels: ImageNet's where there are 1000 classes, else numbers.
 * @throws InputError `weights-headless`; DataError `weights-mismatch` and the like
 */
export async function openPlainWeights(name: ArchitectureName, file: string, { grey, maps }: PlainModelOptions): Promise<PlainModel> {
  const { tensors, metadata } = await readAll(file);
  const sha256 = await sha256OfFile(file);
  const { network, weights, classes, report, normalization } = importWeights(name, tensors, grey === "repeat" ? {} : { grey });
  if (classes === undefined) {
    throw new InputError("weights-headless", `${path.basename(file)}: expected weights with a classifier, got a file without one. Train a classifier on them first: osteon train DATA --network ${name} --weights ${name}=FILE.`);
  }
  const isImageNet = classes === imagenetLabels.length;
  const chosen = choosePreprocessing(name, { file, sha256, stated: normalization ?? statedNormalization(name, { name: path.basename(file), tensors: tensors.keys(), metadata }) });
  return {
    graph: maps === "none" ? withProbabilities(network, weights) : explainedGraph(network, weights),
    labels: isImageNet ? [...imagenetLabels] : Array.from({ length: classes }, (_, k) => `class ${k}`),
    preprocessing: adapt(chosen.preprocessing, grey),
    sha256,
    inside: { network, weights },
    remarks: [...report.changes, chosen.remark, isImageNet ? "Labels are ImageNet's 1000." : "The file names no labels: classes are numbered."],
  };
}

async function readAll(file: string): Promise<{ tensors: Map<string, Tensor>; metadata: Readonly<Record<string, string>> }> {
  const opened = await openWeights(file);
  try {
    const tensors = new Map<string, Tensor>();
    for (const { name } of opened.tensors) tensors.set(name, await opened.read(name));
    return { tensors, metadata: opened.metadata };
  } finally {
    await opened.close();
  }
}

/** The network with its weights and a softmax behind the logits. */
export function withProbabilities(network: Network, weights: ReadonlyMap<string, Tensor>): Graph {
  const builder = GraphBuilder.from(bindConstants(network.graph, weights).graph);
  builder.output(builder.op("Softmax", ["logits"], { axis: 1 }), "probabilities");
  return builder.build();
}

type Normalization = Pick<Preprocessing, "mean" | "std">;

/** What the weights expect: what the file's kind or description says, what its publisher states, or the network's default. */
function choosePreprocessing(
  name: ArchitectureName,
  { file, sha256, stated }: { file: string; sha256: string; stated: Normalization | undefined },
): { preprocessing: Preprocessing; remark: string } {
  const source = (weightsSources[name] ?? []).find(({ url, sha256: known }) => (known === undefined ? path.basename(url) === path.basename(file) : sha256.startsWith(known)));
  const base = source?.preprocessing ?? architectures[name].preprocessing;
  if (stated !== undefined) return { preprocessing: { ...base, mean: [...stated.mean], std: [...stated.std] }, remark: "Mean and deviation of the image are those that the file states or its kind implies." };
  if (source !== undefined) return { preprocessing: base, remark: `The file is the published ${source.name}; its preprocessing is used.` };
  return { preprocessing: base, remark: `The file is none of the published ones: the usual preprocessing of ${name} is used.` };
}

/** For a network of one channel: grey images, less the mean of the three means, divided by the mean deviation. */
function adapt(preprocessing: Preprocessing, grey: GreyPolicy): Preprocessing {
  if (grey === "repeat") return preprocessing;
  const average = (values: readonly number[]): number[] => [values.reduce((sum, value) => sum + value, 0) / values.length];
  return { ...preprocessing, channels: "grey", mean: average(preprocessing.mean), std: average(preprocessing.std) };
}
