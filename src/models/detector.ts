import { extractSubgraph, GraphBuilder, inlineInto, neededFor } from "../graph/index.js";
import type { ParameterSpec } from "./architectures/network-builder.js";
import type { Network } from "./network.js";

/** Value [N, 3] of a detector: row and column of a square's center, and its side, as shares of the frame. */
export const windowOutputs = ["row", "column", "side"] as const;

/**
 * A network that finds one square on an image, on another network's backbone: the features of the target layer give a
 * heat map by a 1x1 convolution, its softmax over the positions is a probability, and the center is the mean position
 * under it; the side is linear in the mean features. Differentiable throughout, so that it is trained by the distance.
 * @see Sun, Xiao, Wei, Liang, Wei 2018, Integral Human Pose Regression, doi:10.1007/978-3-030-01231-1_33
 */
export function buildDetector(network: Network): Network {
  const { graph, camLayer } = network;
  const needed = neededFor(graph, [camLayer]);
  const backbone = extractSubgraph(graph, ["input"], [camLayer]);
  const builder = new GraphBuilder({ name: `${network.architecture}/detector` });
  const features = inlineInto(builder, backbone)[camLayer]!;
  const [, channels, height, width] = builder.shape(features).map(Number) as [number, number, number, number];
  const parameters: ParameterSpec[] = [];
  const parameter = (name: string, shape: readonly number[], init: ParameterSpec["init"]): string => {
    parameters.push({ name, shape, role: shape.length === 1 ? "bias" : "weight", init, stage: "classifier" });
    return builder.input(name, "float32", shape);
  };
  const bound = 1 / Math.sqrt(channels);
  const heatWeight = parameter("detector.heat.weight", [1, channels, 1, 1], { distribution: "uniform", bound });
  const heatBias = parameter("detector.heat.bias", [1], { distribution: "constant", value: 0 });
  const sideWeight = parameter("detector.side.weight", [1, channels], { distribution: "uniform", bound: 0.1 * bound });
  const sideBias = parameter("detector.side.bias", [1], { distribution: "constant", value: 0.3 });

  const heat = builder.op("Reshape", [builder.op("Conv", [features, heatWeight, heatBias], { kernel_shape: [1, 1] }), builder.constant([0, height * width])]);
  const center = builder.op("MatMul", [builder.op("Softmax", [heat], { axis: 1 }), builder.constant({ dtype: "float32", shape: [height * width, 2], data: positions(height, width) })]);
  const mean = builder.op("Flatten", [builder.op("GlobalAveragePool", [features])], { axis: 1 });
  const side = builder.op("Gemm", [mean, sideWeight, sideBias], { transB: 1 });
  builder.output(builder.op("Concat", [center, side], { axis: 1 }), "logits");

  const kept = network.parameters.filter(({ name }) => needed.has(name));
  const stages = network.stages.filter(({ output }) => needed.has(output) && output !== camLayer);
  const named = new Set(stages.map(({ name }) => name));
  // The stage of the target layer may go on to the pooled features: here it ends at the layer.
  const last = kept.findLast(({ stage }) => !named.has(stage))?.stage;
  const ends = last === undefined ? stages : [...stages, { name: last, output: camLayer }];
  return {
    architecture: `${network.architecture}/detector`,
    graph: builder.build(),
    parameters: [...kept.map((spec) => ({ ...spec, stage: named.has(spec.stage) ? spec.stage : last! })), ...parameters],
    stages: [...ends, { name: "classifier", output: "logits" }],
    camLayer,
    headParameters: parameters.map(({ name }) => name),
    inputSize: network.inputSize,
    classes: windowOutputs.length,
  };
}

/** Row and column of each position's center as shares of the frame, [h w, 2]. */
function positions(height: number, width: number): Float32Array {
  const grid = new Float32Array(height * width * 2);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) grid.set([(i + 0.5) / height, (j + 0.5) / width], 2 * (i * width + j));
  }
  return grid;
}
