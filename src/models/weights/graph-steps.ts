import type { Graph } from "../../graph/index.js";

/** A convolution or linear layer of a graph, and which of them feed it with nothing of their kind between. */
export interface GraphStep {
  readonly kind: "convolution" | "linear" | "matrix";
  readonly weight: string;
  readonly bias: string | undefined;
  readonly output: string;
  /** Numbers of the steps before, ascending; empty where only the image is. */
  readonly after: readonly number[];
}

/**
 * Convolutions and linear layers in the order of the graph: what is left to recognize a network by where the exporter
 * folded its normalizations and dropped the names.
 * @param isWeight whether a value is a constant or a parameter
 */
export function graphSteps(graph: Graph, isWeight: (value: string) => boolean): GraphStep[] {
  const steps: GraphStep[] = [];
  /** Steps that a value comes from. */
  const origins = new Map<string, ReadonlySet<number>>();
  for (const { op, inputs, outputs } of graph.nodes) {
    const sources = inputs.map((input) => origins.get(input)).filter((set) => set !== undefined);
    const [first] = sources;
    const union = sources.every((set) => set === first) ? (first ?? new Set<number>()) : new Set(sources.flatMap((set) => [...set]));
    const [, weight = "", bias] = inputs;
    const kind = op === "Conv" ? "convolution" : op === "Gemm" ? "linear" : op === "MatMul" ? "matrix" : undefined;
    let reached: ReadonlySet<number> = union;
    if (kind !== undefined && isWeight(weight)) {
      reached = new Set([steps.length]);
      steps.push({ kind, weight, bias: bias === undefined || bias === "" ? undefined : bias, output: outputs[0]!, after: [...union].toSorted((a, b) => a - b) });
    }
    for (const output of outputs) origins.set(output, reached);
  }
  return steps;
}

/** Names of tensors that lost theirs: the number of their layer, the layers before it, and their part. */
export function stepTensorName(number: number, { kind, after }: GraphStep, part: "weight" | "bias"): string {
  return `#${number}<${after.join(",")}>.${kind === "matrix" && part === "weight" ? "matrix" : part}`;
}

/** Whether a name is one of {@link stepTensorName}. */
export function isStepTensorName(name: string): boolean {
  return /^#\d+<[\d,]*>\.(?:weight|bias|matrix)$/.test(name);
}
