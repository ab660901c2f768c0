import type { Tensor } from "../../base/index.js";
import { NotFoundError } from "../../base/index.js";
import { decodeModel } from "../../graph/index.js";
import type { Graph } from "../../graph/index.js";
import type { WeightsFile, WeightsFormat } from "./contract.js";
import { graphSteps, stepTensorName } from "./graph-steps.js";
import { RandomAccessFile } from "./random-access-file.js";

class OnnxWeights implements WeightsFile {
  readonly tensors;

  constructor(
    private readonly name: string,
    private readonly values: ReadonlyMap<string, Tensor>,
    readonly metadata: Readonly<Record<string, string>>,
  ) {
    this.tensors = [...values].map(([tensor, { dtype, shape }]) => ({ name: tensor, storedAs: dtype, shape }));
  }

  async read(name: string): Promise<Tensor> {
    const value = this.values.get(name);
    if (value === undefined) throw new NotFoundError("unknown-tensor", `${this.name}: expected a tensor of the file, got "${name}".`);
    return value;
  }

  async close(): Promise<void> {}
}

/** Operators whose constants are learned: what else a graph holds are numbers of its own making. */
const learnedBy = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul", "BatchNormalization", "LayerNormalization", "Mul", "Add", "PRelu", "InstanceNormalization", "GroupNormalization"]);

/** Names that exporters give to what they made themselves. */
const isAnonymous = (name: string): boolean => /^(?:onnx::\w+|\d+)$/.test(name);

/**
 * Constants of floating point that an operator with parameters takes, by name; bounds, paddings and the like are left
 * out. Where the exporter dropped a name, the tensor is named by the place of its layer in the network.
 */
function learnedTensors(graph: Graph): Map<string, Tensor> {
  const initializers = new Map(graph.initializers);
  // Equal tensors are written once, and the others are made of the one by an Identity that has their name.
  for (const { op, inputs, outputs } of graph.nodes) {
    const value = op === "Identity" ? initializers.get(inputs[0]!) : undefined;
    if (value !== undefined) initializers.set(outputs[0]!, value);
  }
  const names = new Map<string, string>();
  graphSteps(graph, (value) => initializers.has(value)).forEach((step, number) => {
    if (isAnonymous(step.weight)) names.set(step.weight, stepTensorName(number, step, "weight"));
    if (step.bias !== undefined && isAnonymous(step.bias)) names.set(step.bias, stepTensorName(number, step, "bias"));
  });
  const used = new Set(graph.nodes.filter(({ op }) => learnedBy.has(op)).flatMap(({ inputs }) => inputs));
  const learned = [...initializers].filter(([name, { dtype, shape }]) => used.has(name) && dtype.startsWith("float") && shape.length > 0);
  return new Map(learned.map(([name, value]) => [names.get(name) ?? name, value]));
}

export const onnx: WeightsFormat = {
  title: "ONNX",
  summary: "The constants of a network in ONNX, and the models that Osteon writes. Constants in other files are refused.",
  reference: "https://onnx.ai/onnx/repo-docs/IR.html",
  extensions: [".onnx"],
  lossy: false,
  async open(path) {
    const file = await RandomAccessFile.open(path);
    try {
      const { graph, metadata } = decodeModel(await file.read(0, file.length));
      return new OnnxWeights(file.name, learnedTensors(graph), metadata);
    } finally {
      await file.close();
    }
  },
};
