import { InputError, type Tensor, UnsupportedError } from "../../base/index.js";
import { type Graph, type Node, operatorOf, type OperatorName } from "../../graph/index.js";
import { fromTensor, type NumericArray } from "./array.js";
import type { Kernel } from "./kernel.js";
import { convKernels } from "./kernels/conv.js";
import { elementwiseKernels } from "./kernels/elementwise.js";
import { matmulKernels } from "./kernels/matmul.js";
import { normKernels } from "./kernels/norm.js";
import { poolKernels } from "./kernels/pool.js";
import { reduceKernels } from "./kernels/reduce.js";
import { resizeKernels } from "./kernels/resize.js";
import { shapeKernels } from "./kernels/shape.js";

/** The meaning of every operator that is not a layout or a fusion of the engine's. */
const kernels: Partial<Record<OperatorName, Kernel>> = {
  ...elementwiseKernels,
  ...reduceKernels,
  ...matmulKernels,
  ...convKernels,
  ...poolKernels,
  ...normKernels,
  ...shapeKernels,
  ...resizeKernels,
} as const satisfies Partial<Record<OperatorName, Kernel>>;

/**
 * Runs a graph in plain loops, in float64 whatever its element types. It is slow and plain on purpose: the oracle
 * against which gradients and the engine's lowering are tested.
 * @param feeds one tensor or array per graph input
 * @returns every value of the graph by name
 * @throws InputError `missing-input`, UnsupportedError `no-kernel`
 */
export function interpret(
  graph: Graph,
  feeds: Readonly<Record<string, Tensor | NumericArray>>,
): ReadonlyMap<string, NumericArray> {
  const values = new Map<string, NumericArray>();
  for (const [name, tensor] of graph.initializers) values.set(name, fromTensor(tensor));
  for (const [name, feed] of Object.entries(feeds)) values.set(name, fromTensor(feed));
  for (const { name } of graph.inputs) {
    if (!values.has(name)) throw new InputError("missing-input", `interpret: expected a feed for "${name}", got none.`);
  }
  for (const node of graph.nodes) {
    const results = kernelOf(node)({ node, inputs: node.inputs.map((name) => values.get(name)) });
    for (const [i, name] of node.outputs.entries()) {
      const dtype = graph.values.get(name)?.dtype;
      if (name !== "") values.set(name, dtype ? { ...results[i]!, dtype } : results[i]!);
    }
  }
  return values;
}

function kernelOf(node: Node): Kernel {
  const name = operatorOf(node);
  const kernel = name && kernels[name];
  if (kernel) return kernel;
  throw new UnsupportedError("no-kernel", `interpret, ${node.op} "${node.name}": expected an operator with a meaning here.`);
}
