import { float32, int64, DataError, type Tensor } from "../../base/index.js";
import { GraphBuilder, type Graph } from "../../graph/index.js";
import type { Network } from "../network.js";
import type { DistanceFacts } from "./contract.js";

/** Which features of a network the distance looks at. */
export interface FeatureChoice {
  /** Values of the graph. */
  readonly values: readonly string[];
  /** Channels taken of each, evenly spread. */
  readonly channels: readonly number[];
}

/**
 * The region of feature space that training images fill: an ellipsoid along a few directions, and a ball across them.
 *
 * With z = (features - center) * weight and u = z projection:
 * distance = sqrt(sum_i inside_i u_i^2 + residual (|z|^2 - |u|^2)), about 1 for a typical training image.
 */
export interface DistanceFit {
  /** [D]. */
  readonly center: Float32Array;
  /** [D]. */
  readonly weight: Float32Array;
  /** [D, K], orthonormal columns. */
  readonly projection: Float32Array;
  /** [K]. */
  readonly inside: Float32Array;
  readonly residual: number;
}

/** Output that holds the distance of each image, [N]. */
export const distanceOutput = "distance";

const prefix = "scope/";
const most = { values: 5, lastChannels: 192, channels: 64 };

/**
 * The outputs of the network's stages, from the first to the one before the head; of many, a few evenly spread. Early ones
 * tell noise and photographs, late ones anatomy.
 * @see K. Lee et al., "A simple unified framework for detecting out-of-distribution samples and adversarial attacks", NeurIPS 2018: means of feature maps of several layers
 */
export function chooseFeatures({ graph, stages, camLayer }: Pick<Network, "graph" | "stages" | "camLayer">): FeatureChoice {
  const outputs = [...new Set([...stages.slice(0, -1).map(({ output }) => output), camLayer])].filter((value) => {
    const shape = graph.values.get(value)?.shape;
    return shape !== undefined && (shape.length === 4 || shape.length === 2) && shape.slice(1).every((extent) => typeof extent === "number" && extent > 0);
  });
  const count = Math.min(most.values, outputs.length);
  const values = [...new Set(Array.from({ length: count }, (_, i) => outputs[count === 1 ? outputs.length - 1 : Math.round((i * (outputs.length - 1)) / (count - 1))]!))];
  const channels = values.map((value, i) => Math.min(Number(graph.values.get(value)!.shape[1]), i === values.length - 1 ? most.lastChannels : most.channels));
  return { values, channels };
}

/** Number of features. */
export function featureCount({ channels }: FeatureChoice): number {
  return channels.reduce((sum, n) => sum + n, 0);
}

/** Adds the features [N, D] to a graph: means of the chosen channels over height and width. Name of their value. */
function addFeatures(builder: GraphBuilder, { values, channels }: FeatureChoice): string {
  const parts = values.map((value, i) => {
    const shape = builder.shape(value);
    const pooled = shape.length === 4 ? builder.op("ReduceMean", [value], { axes: [2, 3], keepdims: 0 }) : value;
    const [all, taken] = [Number(shape[1]), channels[i]!];
    if (taken === all) return pooled;
    const indices = Array.from({ length: taken }, (_, k) => Math.floor((k * all) / taken));
    return builder.op("Gather", [pooled, builder.constant(int64([taken], indices))], { axis: 1 });
  });
  return parts.length === 1 ? parts[0]! : builder.op("Concat", parts, { axis: 1 });
}

/** The graph with the features as its one output `features` [N, D]. */
export function featureGraph(graph: Graph, choice: FeatureChoice): Graph {
  const builder = GraphBuilder.from({ ...graph, outputs: [] });
  builder.output(addFeatures(builder, choice), "features");
  return builder.build();
}

/** The graph with one more output, `distance` [N]: plain operators that any runtime has. */
export function addDistance(graph: Graph, choice: FeatureChoice, { center, weight, projection, inside, residual }: DistanceFit): Graph {
  const builder = GraphBuilder.from(graph);
  const [d, k] = [center.length, inside.length];
  const constant = (name: string, shape: readonly number[], data: Float32Array): string => builder.initializer(`${prefix}${name}`, float32(shape, data));
  const [centerName, weightName, projectionName, insideName, residualName] = [
    constant("center", [d], center),
    constant("weight", [d], weight),
    constant("projection", [d, k], projection),
    constant("inside", [k], inside),
    constant("residual", [1], Float32Array.of(residual)),
  ] as const;
  const distance = builder.scope("scope", () => {
    const axis = builder.constant([1]);
    const z = builder.op("Mul", [builder.op("Sub", [addFeatures(builder, choice), centerName]), weightName]);
    const u = builder.op("MatMul", [z, projectionName]);
    const along = builder.op("Mul", [u, u]);
    const sum = (value: string): string => builder.op("ReduceSum", [value, axis], { keepdims: 0 });
    const across = builder.op("Relu", [builder.op("Sub", [sum(builder.op("Mul", [z, z])), sum(along)])]);
    return builder.op("Sqrt", [builder.op("Add", [sum(builder.op("Mul", [along, insideName])), builder.op("Mul", [across, residualName])])]);
  });
  builder.output(distance, distanceOutput);
  return builder.build();
}

/**
 * The fit that a model file's graph holds.
 * @throws DataError `model-scope` where its parts are missing or do not fit each other
 */
export function readDistance(graph: Graph, facts: DistanceFacts): DistanceFit {
  const part = (name: string): Float32Array => {
    const found: Tensor | undefined = graph.initializers.get(`${prefix}${name}`);
    if (found?.dtype !== "float32") throw new DataError("model-scope", `model: expected the ${name} of its distance, got none. Export the model again.`);
    return found.data as Float32Array;
  };
  const fit = { center: part("center"), weight: part("weight"), projection: part("projection"), inside: part("inside"), residual: part("residual")[0]! };
  const d = featureCount(facts);
  if (fit.center.length !== d || fit.weight.length !== d || fit.projection.length !== d * fit.inside.length) throw new DataError("model-scope", `model: expected a distance over ${d} features, got another. Export the model again.`);
  return fit;
}

/** The distance of one image's features, as the graph computes it. */
export function distanceOf(features: ArrayLike<number>, { center, weight, projection, inside, residual }: DistanceFit): number {
  const k = inside.length;
  const u = new Float64Array(k);
  let length = 0;
  for (let j = 0; j < center.length; j++) {
    const z = (features[j]! - center[j]!) * weight[j]!;
    length += z * z;
    for (let i = 0; i < k; i++) u[i]! += z * projection[j * k + i]!;
  }
  const across = Math.max(0, length - u.reduce((sum, value) => sum + value * value, 0));
  return Math.sqrt(u.reduce((sum, value, i) => sum + inside[i]! * value * value, 0) + residual * across);
}
