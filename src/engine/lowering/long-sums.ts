import { dataTypeCode, type Graph, type GraphBuilder, type Node } from "../../graph/index.js";
import { intOf } from "./attributes.js";
import { beginCopy, scopeOf } from "./rewriter.js";

/**
 * Terms of the longest sum that float16 is trusted with: those of a 3x3 convolution of 512 channels. Terms of either sign are then summed to 1 %, of one
 * sign to 12 %; of 12,544 (the pixels of a 112 x 112 map) to 1.6 % and 34 %, as a term may be less than half a step of the sum.
 */
const mostTerms = 4608;

function product(extents: readonly (number | string)[]): number {
  return extents.reduce<number>((n, extent) => n * Number(extent), 1);
}

/** Numbers that are added up for one element of a product's result; undefined for other operators. */
function termsOf(builder: GraphBuilder, node: Node): number | undefined {
  const { op, domain, inputs: [a, b] } = node;
  if (domain !== "" && domain !== "com.microsoft") return undefined;
  switch (op) {
    case "MatMul":
      return Number(builder.shape(a!).at(-1));
    case "Gemm":
    case "FusedMatMul":
      return Number(builder.shape(a!).at(intOf(node, "transA", 0) === 1 ? -2 : -1));
    case "Conv":
      return product(builder.shape(b!).slice(1));
    case "ConvTranspose": {
      const [channels, , ...kernel] = builder.shape(b!);
      return (Number(channels) / intOf(node, "group", 1)) * product(kernel);
    }
    default:
      return undefined;
  }
}

/**
 * Products whose sums are long, in float32: the runtime's WebGPU kernels add up in the type of what they multiply, where matrix units (and its CUDA kernels)
 * have float32 for it.
 */
export function widenLongSums(graph: Graph): Graph {
  if (![...graph.values.values()].some(({ dtype }) => dtype === "float16")) return graph;
  const builder = beginCopy(graph);
  const wide = new Map<string, string>();
  const widened = (value: string): string => {
    if (value === "" || builder.dtype(value) !== "float16") return value;
    const known = wide.get(value) ?? builder.op("Cast", [value], { to: dataTypeCode("float32") });
    wide.set(value, known);
    return known;
  };
  for (const node of graph.nodes) {
    const [output] = node.outputs as [string];
    const isHalf = graph.values.get(output)?.dtype === "float16";
    if (!isHalf || (termsOf(builder, node) ?? 0) <= mostTerms) {
      builder.append(node, graph.values);
      continue;
    }
    builder.scope(`${scopeOf(node)}/wide`, () => {
      const single = `${output}/wide`;
      builder.append({ ...node, inputs: node.inputs.map(widened), outputs: [single] });
      builder.op("Cast", [single], { to: dataTypeCode("float16") }, { output });
    });
  }
  for (const { name } of graph.outputs) builder.output(name);
  return builder.build();
}
