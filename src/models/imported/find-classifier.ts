import { InputError } from "../../base/index.js";
import type { Graph, Node } from "../../graph/index.js";

/** The layer that turns features into one score per class. */
export interface Classifier {
  readonly node: Node;
  /** Constant weight, and constant bias where there is one (of the node itself or of an addition behind it). */
  readonly weight: string;
  readonly bias: string | undefined;
  /** Axis of the weight that counts the classes. */
  readonly classAxis: number;
  readonly classes: number;
  /** Value [N, K] before any softmax or sigmoid. */
  readonly logits: string;
}

/** What may stand between the classifier and the output of a network. */
const passedOn = new Set(["Identity", "Flatten", "Reshape", "Squeeze", "Relu", "GlobalAveragePool", "AveragePool", "ReduceMean", "Dropout", "Cast"]);
/** What turns scores into probabilities: left out of training, where the loss does it. */
const activations = new Set(["Softmax", "LogSoftmax", "Sigmoid"]);

/**
 * Finds the classifier of an output [N, K], going back from it: the last Gemm, MatMul or Conv with constant weights.
 * @throws InputError `import-classifier` naming the node that is not understood
 */
export function findClassifier(graph: Graph, output: string): Classifier {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const isConstant = (name: string | undefined): name is string => name !== undefined && graph.initializers.has(name);
  const fail = (got: string): never => {
    throw new InputError("import-classifier", `${graph.name}: expected a linear layer or 1x1 convolution with constant weights before the output "${output}", got ${got}. Name the output of the classifier with --output.`);
  };
  let value = output;
  let logits: string | undefined;
  let addedBias: string | undefined;
  for (;;) {
    const node = producers.get(value);
    if (node === undefined) return fail(`the value "${value}" that no node computes`);
    if (activations.has(node.op)) {
      value = node.inputs[0]!;
      logits = undefined;
      continue;
    }
    logits ??= value;
    const weight = node.inputs[1];
    if ((node.op === "Gemm" || node.op === "MatMul" || node.op === "Conv") && isConstant(weight)) {
      const { shape } = graph.initializers.get(weight)!;
      const classAxis = node.op === "Conv" || (node.op === "Gemm" && node.attributes["transB"]?.value === 1) ? 0 : shape.length - 1;
      const own = isConstant(node.inputs[2]) ? node.inputs[2] : undefined;
      if (node.op === "Conv" && (node.attributes["group"]?.value ?? 1) !== 1) return fail(`the grouped convolution "${node.name}"`);
      return { node, weight, bias: own ?? addedBias, classAxis, classes: shape[classAxis]!, logits };
    }
    if (node.op === "Add" && node.inputs.some(isConstant) && addedBias === undefined) {
      addedBias = node.inputs.find(isConstant);
      value = node.inputs.find((name) => !isConstant(name))!;
      continue;
    }
    if (!passedOn.has(node.op)) return fail(`${node.op} "${node.name}"`);
    value = node.inputs[0]!;
  }
}
