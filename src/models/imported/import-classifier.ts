import { InputError, type Tensor } from "../../base/index.js";
import { GraphBuilder, eliminateDeadNodes, unbindConstants, upgradeOpset } from "../../graph/index.js";
import type { Graph, Model } from "../../graph/index.js";
import type { ParameterSpec } from "../architectures/network-builder.js";
import type { Network } from "../network.js";
import { findClassifier, type Classifier } from "./find-classifier.js";
import { findParameters } from "./find-parameters.js";
import { findStages } from "./find-stages.js";
import { findImageInput, freeBatch } from "./free-batch.js";

export interface ImportOptions {
  /** Number of classes of the new head; the file's own head is kept where left out. */
  readonly classes?: number;
  /** Height and width in pixels; needed where the file leaves them open, and only there. */
  readonly inputSize?: number;
  /** Which output is the classifier's, where there are several. */
  readonly output?: string;
  /** How the network is called in reports. */
  readonly name?: string;
}

/** A network of somebody else's making, ready for training. */
export interface ImportedNetwork {
  readonly network: Network;
  /** The file's weights; with a new head, those of the head are of the file's shape no more and left out. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly notes: readonly string[];
}

/** Side of the image where neither the file nor the user says it. */
const usualSize = 224;

/**
 * Turns an ONNX classifier into a network: input `"input"` [N, 3, S, S], every weight an input under the file's name,
 * output `"logits"` [N, K]; a softmax at the end is left out.
 * @throws InputError `import-input`, `import-classifier`, `import-size`, `import-output`
 * @throws UnsupportedError `opset`, `opset-upgrade`, `unknown-shape`, `dynamic-value` naming the node
 */
export function importClassifier(model: Pick<Model, "graph" | "opsets">, options: ImportOptions = {}): ImportedNetwork {
  const upgraded = upgradeOpset(model);
  const name = options.name ?? upgraded.name;
  const image = findImageInput(upgraded);
  const inputSize = sizeOfImages(upgraded, image.size, options.inputSize);
  const freed = freeBatch(uniquelyNamed(upgraded), image, inputSize);
  const output = outputOf(freed, options.output);
  const classifier = findClassifier(freed, output);
  const classes = options.classes ?? classifier.classes;
  const headed = withHead(freed, classifier, classes);
  const found = findParameters(headed);
  const stages = findStages(headed, new Set(found.keys()), classifier.node.name);
  const stageOf = new Map(stages.flatMap((stage) => stage.parameters.map((parameter) => [parameter, stage.name] as const)));
  const parameters = [...found.values()].map((parameter): ParameterSpec => ({
    ...parameter, shape: headed.initializers.get(parameter.name)!.shape, stage: stageOf.get(parameter.name) ?? stages[0]!.name,
  }));
  const headParameters = [classifier.weight, ...(classifier.bias === undefined ? [] : [classifier.bias])];
  const network: Network = {
    architecture: name,
    graph: unbindConstants(headed, [...found.keys()]).graph,
    parameters,
    stages: stages.map(({ name: stage, output: end }) => ({ name: stage, output: end })),
    camLayer: lastFeatureMap(headed, classifier),
    headParameters,
    inputSize,
    classes,
  };
  const tensors = new Map([...found.keys()].map((parameter) => [parameter, freed.initializers.get(parameter)!]));
  return { network, tensors, notes: notesOn(headed, classifier, classes) };
}

function sizeOfImages(graph: Graph, stated: readonly (number | string)[], wanted: number | undefined): number {
  const [height, width] = stated;
  if (typeof height !== "number" || typeof width !== "number") return wanted ?? usualSize;
  if (height !== width) throw new InputError("import-size", `${graph.name}: expected square images, got ${height} x ${width}. Export the network for square images.`);
  if (wanted !== undefined && wanted !== height) throw new InputError("import-size", `${graph.name}: expected images of ${height} pixels, as the file was exported, got ${wanted}. Set image.size to ${height}, or export with open extents.`);
  return height;
}

function outputOf(graph: Graph, wanted: string | undefined): string {
  const names = graph.outputs.map(({ name }) => name);
  const scores = graph.outputs.filter(({ shape }) => shape.length === 2 || shape.length === 4);
  const chosen = wanted ?? scores[0]?.name;
  if (chosen !== undefined && graph.values.has(chosen)) return chosen;
  throw new InputError("import-output", `${graph.name}: expected an output of class scores [N, K], got ${wanted ?? names.join(", ")}. Its outputs are ${names.join(", ")}.`);
}

/** Exporters leave names out or repeat them; masks and cuts are known by node names. */
function uniquelyNamed(graph: Graph): Graph {
  const seen = new Set<string>();
  const nodes = graph.nodes.map((node) => {
    const name = node.name === "" || seen.has(node.name) ? node.outputs[0]! : node.name;
    seen.add(name);
    return { ...node, name };
  });
  return { ...graph, nodes };
}

/** The graph up to the logits [N, K], the classifier's weights those of K classes. */
function withHead(graph: Graph, classifier: Classifier, classes: number): Graph {
  const builder = new GraphBuilder({ name: graph.name });
  const resized = new Map([[classifier.weight, classifier.classAxis], ...(classifier.bias === undefined ? [] : [[classifier.bias, -1] as const])]);
  for (const { name, dtype, shape } of graph.inputs) builder.input(name, dtype, shape);
  for (const [name, value] of graph.initializers) {
    const axis = resized.get(name);
    const at = axis === -1 ? value.shape.indexOf(classifier.classes) : axis;
    if (at === undefined || classes === classifier.classes) builder.initializer(name, value);
    else {
      const shape = value.shape.map((n, i) => (i === at ? classes : n));
      builder.initializer(name, { dtype: "float32", shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
    }
  }
  const last = graph.nodes.findIndex(({ outputs }) => outputs.includes(classifier.logits));
  for (const node of graph.nodes.slice(0, last + 1)) builder.append(resizedReshape(node, builder, classifier.classes));
  const { shape } = builder.info(classifier.logits);
  const flat = shape.length === 2 ? classifier.logits : builder.op("Flatten", [classifier.logits], { axis: 1 }, { name: "logits/flat" });
  builder.output(flat, "logits");
  return eliminateDeadNodes(builder.build()).graph;
}

/** A Reshape to [N, classes] behind the classifier takes what is there. */
function resizedReshape(node: Graph["nodes"][number], builder: GraphBuilder, classes: number): Graph["nodes"][number] {
  const target = node.op === "Reshape" ? builder.constantValue(node.inputs[1]!) : undefined;
  const sizes = target === undefined ? [] : Array.from(target.data as Iterable<number | bigint>, Number);
  if (sizes.length !== 2 || sizes[0] !== 0 || sizes[1] !== classes) return node;
  return { ...node, inputs: [node.inputs[0]!, builder.constant([0, -1])] };
}

/** The last value [N, C, h, w] with more than one position before the classifier. */
function lastFeatureMap(graph: Graph, classifier: Classifier): string {
  const start = graph.nodes.findIndex(({ name }) => name === classifier.node.name);
  const maps = graph.nodes.slice(0, start).flatMap(({ outputs }) => outputs).filter((name) => {
    const shape = graph.values.get(name)?.shape;
    return shape?.length === 4 && shape[0] === "N" && Number(shape[2]) > 1 && Number(shape[3]) > 1;
  });
  const last = maps.at(-1);
  if (last !== undefined) return last;
  throw new InputError("import-classifier", `${graph.name}: expected a feature map [N, C, h, w] before the classifier, got none. Only networks of convolutions are explained by class activation.`);
}

function notesOn(graph: Graph, classifier: Classifier, classes: number): string[] {
  const ops = new Set(graph.nodes.map(({ op }) => op));
  const notes = [`classifier: ${classifier.node.op} "${classifier.node.name}" with ${classifier.classes} classes${classes === classifier.classes ? "" : `, replaced by one with ${classes}`}`];
  if (ops.has("Conv") && !ops.has("BatchNormalization") && !ops.has("LayerNormalization")) {
    notes.push("no normalization layers: the exporter folded them into the convolutions. Fine-tuning works; training from scratch does better from an export in training mode.");
  }
  return notes;
}
