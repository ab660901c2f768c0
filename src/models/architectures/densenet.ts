// DenseNet: inside a block every layer sees the features of all layers before it, side by side, and adds a few of its own;
// between blocks a transition halves channels and resolution. Normalization comes before each convolution.
// Definition and parameter names: torchvision.models.densenet121 (features.conv0.weight ... classifier.bias).
import { imageNetPreprocessing, tinyPreprocessing, unpublished } from "./contract.js";
import type { Architecture, BuildOptions, Reference } from "./contract.js";
import { kaimingFanIn } from "./network-builder.js";
import type { Initializer, NetworkBuilder } from "./network-builder.js";

const reference: Reference = {
  authors: "G. Huang, Z. Liu, L. van der Maaten, K. Weinberger",
  title: "Densely Connected Convolutional Networks",
  year: 2017,
  id: "doi:10.1109/CVPR.2017.243",
};

export interface DenseNetConfig {
  /** Layers of each block. */
  readonly depths: readonly number[];
  /** Channels that a layer adds. */
  readonly growth: number;
  /** Channels of the stem. */
  readonly width: number;
}

export const densenet121Config: DenseNetConfig = { depths: [6, 12, 24, 16], growth: 32, width: 64 };

export const tinyDenseNetConfig: DenseNetConfig = { depths: [2, 2, 2], growth: 16, width: 32 };

/** Channels of a layer's 1x1 convolution per channel it adds. */
const bottleneck = 4;

/** Normalization and ReLU: the modules path.normSUFFIX and path.reluSUFFIX. */
export function normalizeActivate(network: NetworkBuilder, path: string, input: string, suffix: string): string {
  return network.relu(`${path}.relu${suffix}`, network.normalization(`${path}.norm${suffix}`, input));
}

/** What a layer adds: 1x1 and 3x3 convolutions, each after its normalization. */
function denseLayer(network: NetworkBuilder, path: string, input: string, growth: number): string {
  const wide = normalizeActivate(network, path, input, "1");
  const narrow = network.convolution(`${path}.conv1`, wide, { outputs: bottleneck * growth, kernel: 1, init: kaimingFanIn });
  const activated = normalizeActivate(network, path, narrow, "2");
  return network.convolution(`${path}.conv2`, activated, { outputs: growth, kernel: 3, init: kaimingFanIn });
}

/** The block's input and what each layer added, side by side; the value has the block's path. */
export function denseBlock(network: NetworkBuilder, path: string, input: string, { depth, growth }: { depth: number; growth: number }): string {
  let features = input;
  for (let i = 1; i <= depth; i++) {
    const layer = `${path}.denselayer${i}`;
    const added = denseLayer(network, layer, features, growth);
    features = network.concatenate(i === depth ? path : `${layer}.concat`, [features, added]);
  }
  return features;
}

/** Half the channels at half the resolution. */
export function transition(network: NetworkBuilder, path: string, input: string): string {
  const outputs = Math.floor(network.extents(input)[0]! / 2);
  const activated = normalizeActivate(network, path, input, "");
  const halved = network.convolution(`${path}.conv`, activated, { outputs, kernel: 1, init: kaimingFanIn });
  return network.averagePool(`${path}.pool`, halved, { kernel: 2, stride: 2 });
}

/** A convolution and a maximum, each at half the resolution. */
export function denseStem(network: NetworkBuilder, outputs: number): string {
  const convolved = network.convolution("features.conv0", "input", { outputs, kernel: 7, stride: 2, init: kaimingFanIn });
  const activated = normalizeActivate(network, "features", convolved, "0");
  return network.maxPool("features.pool0", activated, { kernel: 3, stride: 2, padding: 1 });
}

/**
 * Everything before the head, a stage for the stem and one for each block with the transition behind it. The values at
 * the ends of the blocks are `features.denseblock1` and so on; the last feature map is `features.relu5`.
 * @param close makes of the last feature map the value that ends the last stage
 * @returns the value at the end of the last stage
 */
export function buildDenseFeatures(network: NetworkBuilder, config: DenseNetConfig, close: (features: string) => string): string {
  let value = network.stage("stem", () => denseStem(network, config.width));
  for (const [index, depth] of config.depths.entries()) {
    const input = value;
    value = network.stage(`denseblock${index + 1}`, () => {
      const features = denseBlock(network, `features.denseblock${index + 1}`, input, { depth, growth: config.growth });
      if (index < config.depths.length - 1) return transition(network, `features.transition${index + 1}`, features);
      return close(normalizeActivate(network, "features", features, "5"));
    });
  }
  return value;
}

/** torch.nn.Linear's own weight, and a bias of 0. */
export function denseNetHeadInit(fanIn: number): { weight: Initializer; bias: Initializer } {
  return { weight: { distribution: "uniform", bound: 1 / Math.sqrt(fanIn) }, bias: { distribution: "constant", value: 0 } };
}

/** A densely connected network of any depth; see {@link DenseNetConfig}. */
export function buildDenseNet(network: NetworkBuilder, config: DenseNetConfig, options: BuildOptions): string {
  const pooled = buildDenseFeatures(network, config, (features) => network.globalAverage("avgpool", features));
  return network.stage("classifier", () =>
    network.linear("classifier", network.dropout("dropout", pooled, options.dropout), { outputs: options.classes, init: denseNetHeadInit }),
  );
}

/** The files torchvision publishes say `denselayer1.norm.1` for `denselayer1.norm1`. */
export function renameDenseParameter(published: string): string {
  return published.replace(/^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\.(?:weight|bias|running_mean|running_var|num_batches_tracked))$/, "$1$2");
}

const common = {
  reference,
  camLayer: "features.relu5",
  headParameters: ["classifier.weight", "classifier.bias"],
  dropout: 0,
} as const;

function published(depths: readonly number[], facts: Pick<Architecture, "summary" | "params" | "multiplyAdds">): Architecture {
  const layers = 2 * depths.reduce((sum, depth) => sum + depth, 0) + depths.length + 1;
  return {
    ...common,
    ...facts,
    title: `DenseNet-${layers}`,
    tiny: false,
    publishedClasses: 1000,
    inputSize: 224,
    minInputSize: 29,
    renameParameter: renameDenseParameter,
    license: "BSD-3-Clause",
    preprocessing: imageNetPreprocessing,
    build: (network, options) => buildDenseNet(network, { depths, growth: 32, width: 64 }, options),
  };
}

export const densenet = {
  densenet121: published(densenet121Config.depths, {
    summary: "Few parameters: every layer reads the features of all layers before it.",
    params: 7_978_856,
    multiplyAdds: 2_834_161_664,
  }),
  densenet169: published([6, 12, 32, 32], { summary: "DenseNet with longer late blocks.", params: 14_149_480, multiplyAdds: 3_359_843_328 }),
  densenet201: published([6, 12, 48, 32], { summary: "The deepest of the three.", params: 20_013_928, multiplyAdds: 4_291_365_888 }),
  "densenet-tiny": {
    ...common,
    title: "DenseNet, tiny",
    summary: "Six dense layers in three blocks, for tests and demonstrations.",
    tiny: true,
    params: 81_282,
    multiplyAdds: 13_385_856,
    publishedClasses: 2,
    inputSize: 64,
    minInputSize: 13,
    license: unpublished,
    preprocessing: tinyPreprocessing,
    build: (network, options) => buildDenseNet(network, tinyDenseNetConfig, options),
  },
} satisfies Record<string, Architecture>;
