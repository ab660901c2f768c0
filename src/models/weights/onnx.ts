import type { Tensor } from "../../base/index.js";
import { NotFoundError } from "../../base/index.js";
import { decodeModel } from "../../graph/index.js";
import type { WeightsFile, WeightsFormat } from "./contract.js";
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

/** Constants of floating point that an operator with parameters takes, by name; bounds, paddings and the like are left out. */
function learnedTensors(graph: ReturnType<typeof decodeModel>["graph"]): Map<string, Tensor> {
  const used = new Set(graph.nodes.filter(({ op }) => learnedBy.has(op)).flatMap(({ inputs }) => inputs));
  return new Map([...graph.initializers].filter(([name, { dtype, shape }]) => used.has(name) && dtype.startsWith("float") && shape.length > 0));
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
