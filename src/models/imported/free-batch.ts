import { InputError } from "../../base/index.js";
import { GraphBuilder, foldConstants, isStatic } from "../../graph/index.js";
import type { Dim, Graph, Node } from "../../graph/index.js";

/** The one image a classifier takes. */
export interface ImageInput {
  readonly name: string;
  readonly channels: 1 | 3;
  /** Keras puts the channels last. */
  readonly layout: "channels-first" | "channels-last";
  /** Height and width; undefined where the file leaves them open. */
  readonly size: readonly [Dim, Dim];
  /** Extent of the batch axis in the file. */
  readonly batch: Dim;
}

/**
 * Finds the image among a graph's inputs: four axes, three channels or one.
 * @throws InputError `import-input`
 */
export function findImageInput(graph: Graph): ImageInput {
  const images = graph.inputs.filter(({ shape, dtype }) => shape.length === 4 && dtype === "float32");
  const [image] = images;
  const listed = graph.inputs.map(({ name, dtype, shape }) => `${name}: ${dtype} [${shape.join(", ")}]`).join("; ");
  if (image === undefined || graph.inputs.length > 1) {
    throw new InputError("import-input", `${graph.name}: expected one input of float32 images [N, 3, H, W], got ${listed || "none"}. Export the network for images alone, in float32.`);
  }
  const [batch, first, second, last] = image.shape as [Dim, Dim, Dim, Dim];
  if (first === 3 || first === 1) return { name: image.name, channels: first, layout: "channels-first", size: [second, last], batch };
  if (last === 3 || last === 1) return { name: image.name, channels: last, layout: "channels-last", size: [first, second], batch };
  throw new InputError("import-input", `${graph.name}: expected images of 3 channels or 1, got ${listed}. Export the network for RGB or grey images.`);
}

/** Values of a node's inputs that are known before the run become constants, so that shape arithmetic falls away. */
function withKnownInputs(node: Node, builder: GraphBuilder): Node {
  const inputs = node.inputs.map((name) => {
    if (name === "" || builder.producer(name) === undefined) return name;
    const known = builder.constantValue(name);
    return known === undefined ? name : builder.constant(known);
  });
  return { ...node, inputs };
}

/** A Reshape that says how many images there are, said again so that it serves any number. */
function freeReshape(node: Node, builder: GraphBuilder, batch: Dim): Node {
  const [data, target] = node.inputs as [string, string];
  const shape = builder.shape(data);
  const content = builder.constantValue(target);
  const sizes: readonly Dim[] | undefined = content === undefined ? builder.content(target) : Array.from(content.data as Iterable<number | bigint>, Number);
  const [first, ...rest] = sizes ?? [];
  if (first === undefined || !isStatic(rest) || shape[0] !== "N") return node;
  const isBatch = first === "N" || (typeof batch === "number" && first === batch);
  if (!isBatch) return node;
  // 0 copies the extent of the input.
  return { ...node, inputs: [data, builder.constant([0, ...rest])] };
}

/**
 * The graph for any number of images of one size: the input becomes `"input"` [N, 3, S, S] (transposed or averaged to
 * what the file expects), and everything that follows from shapes becomes a constant.
 */
export function freeBatch(graph: Graph, image: ImageInput, size: number): Graph {
  const builder = new GraphBuilder({ name: graph.name });
  let source = builder.input("input", "float32", ["N", 3, size, size]);
  if (image.channels === 1) source = builder.op("ReduceMean", [source], { axes: [1], keepdims: 1 }, { name: "grey" });
  if (image.layout === "channels-last") source = builder.op("Transpose", [source], { perm: [0, 2, 3, 1] }, { name: "channels-last" });
  const renamed = new Map([[image.name, source]]);
  const taken = new Set(["input", "grey", "channels-last"]);
  const rename = (name: string): string => renamed.get(name) ?? name;
  for (const [name, value] of graph.initializers) {
    if (taken.has(name)) renamed.set(name, `${name}#`);
    builder.initializer(rename(name), value);
  }
  for (const node of graph.nodes) {
    for (const output of node.outputs) if (taken.has(output)) renamed.set(output, `${output}#`);
    const own = { ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) };
    const known = withKnownInputs(own, builder);
    builder.append(node.op === "Reshape" && node.domain === "" ? freeReshape(known, builder, image.batch) : known);
  }
  for (const { name } of graph.outputs) builder.output(rename(name));
  return foldConstants(builder.build()).graph;
}
