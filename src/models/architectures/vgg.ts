// VGG: blocks of 3x3 convolutions, each block closed by a 2x2 maximum; then three linear layers.
// Definition and parameter names: torchvision.models.vgg16 (features.0.weight ... classifier.6.bias) and vgg16_bn.
import { imageNetPreprocessing, tinyPreprocessing, unpublished } from "./contract.js";
import type { Architecture, BuildOptions, Reference } from "./contract.js";
import type { Initializer, NetworkBuilder } from "./network-builder.js";

const reference: Reference = {
  authors: "K. Simonyan, A. Zisserman",
  title: "Very Deep Convolutional Networks for Large-Scale Image Recognition",
  year: 2015,
  id: "arXiv:1409.1556",
};

export interface VggConfig {
  /** Channels of every convolution, block by block. */
  readonly blocks: readonly (readonly number[])[];
  /** Whether batch normalization stands between convolution and ReLU: the "_bn" variants. */
  readonly normalized?: boolean;
  /** Side of the grid that the last feature map is averaged to. */
  readonly grid: number;
  /** Width of the two hidden linear layers. */
  readonly hidden: number;
}

const linearInit = (): { weight: Initializer; bias: Initializer } => ({
  weight: { distribution: "normal", std: 0.01 },
  bias: { distribution: "constant", value: 0 },
});

/** A VGG network of any depth; see {@link VggConfig}. */
export function buildVgg(network: NetworkBuilder, config: VggConfig, options: BuildOptions): string {
  let value = "input";
  let index = 0;
  for (const [number, channels] of config.blocks.entries()) {
    const input = value;
    value = network.stage(`block${number + 1}`, () => {
      let current = input;
      for (const outputs of channels) {
        current = network.convolution(`features.${index++}`, current, { outputs, kernel: 3, bias: true });
        if (config.normalized) current = network.normalization(`features.${index++}`, current);
        current = network.relu(`features.${index++}`, current);
      }
      const pooled = network.maxPool(`features.${index++}`, current, { kernel: 2, stride: 2, padding: 0 });
      return number === config.blocks.length - 1 ? network.adaptiveAverage("avgpool", pooled, config.grid) : pooled;
    });
  }
  value = network.stage("hidden", () => {
    const first = network.linear("classifier.0", value, { outputs: config.hidden, init: linearInit });
    const dropped = network.dropout("classifier.2", network.relu("classifier.1", first), options.dropout);
    const second = network.linear("classifier.3", dropped, { outputs: config.hidden, init: linearInit });
    return network.relu("classifier.4", second);
  });
  return network.stage("classifier", () =>
    network.linear("classifier.6", network.dropout("classifier.5", value, options.dropout), {
      outputs: options.classes,
      init: linearInit,
    }),
  );
}

/** Index of the last ReLU among the feature modules. */
function lastActivation({ blocks, normalized }: VggConfig): number {
  return blocks.reduce((sum, channels) => sum + channels.length * (normalized ? 3 : 2) + 1, 0) - 2;
}

const common = {
  reference,
  headParameters: ["classifier.6.weight", "classifier.6.bias"],
  dropout: 0.5,
} as const;

type Facts = Pick<Architecture, "summary" | "params" | "multiplyAdds">;

/** @param depths convolutions of each of the five blocks */
function published(depths: readonly number[], normalization: "plain" | "normalized", facts: Facts): Architecture {
  const normalized = normalization === "normalized";
  const blocks = [64, 128, 256, 512, 512].map((channels, i) => Array.from({ length: depths[i]! }, () => channels));
  const config: VggConfig = { blocks, normalized, grid: 7, hidden: 4096 };
  const layers = depths.reduce((sum, depth) => sum + depth, 0) + 3;
  return {
    ...common,
    ...facts,
    title: `VGG${layers}${normalized ? " with batch normalization" : ""}`,
    tiny: false,
    publishedClasses: 1000,
    inputSize: 224,
    minInputSize: 32,
    camLayer: `features.${lastActivation(config)}`,
    license: "BSD-3-Clause",
    preprocessing: imageNetPreprocessing,
    build: (network, options) => buildVgg(network, config, options),
  };
}

function tiny(config: VggConfig, facts: Facts & Pick<Architecture, "title">): Architecture {
  return {
    ...common,
    ...facts,
    tiny: true,
    publishedClasses: 2,
    inputSize: 64,
    minInputSize: 16,
    camLayer: `features.${lastActivation(config)}`,
    license: unpublished,
    preprocessing: tinyPreprocessing,
    build: (network, options) => buildVgg(network, config, options),
  };
}

const tinyConfig: VggConfig = {
  blocks: [[8, 8], [16, 16], [32, 32], [32]],
  grid: 2,
  hidden: 64,
};

const withNorm = "The same with batch normalization behind every convolution.";

export const vgg = {
  vgg11: published([1, 1, 2, 2, 2], "plain", { summary: "8 convolutions and three linear layers.", params: 132_863_336, multiplyAdds: 7_609_090_048 }),
  vgg11_bn: published([1, 1, 2, 2, 2], "normalized", { summary: withNorm, params: 132_868_840, multiplyAdds: 7_609_090_048 }),
  vgg13: published([2, 2, 2, 2, 2], "plain", { summary: "10 convolutions and three linear layers.", params: 133_047_848, multiplyAdds: 11_308_466_176 }),
  vgg13_bn: published([2, 2, 2, 2, 2], "normalized", { summary: withNorm, params: 133_053_736, multiplyAdds: 11_308_466_176 }),
  vgg16: published([2, 2, 3, 3, 3], "plain", {
    summary: "Large and plain: 13 convolutions and three linear layers.",
    params: 138_357_544,
    multiplyAdds: 15_470_264_320,
  }),
  vgg16_bn: published([2, 2, 3, 3, 3], "normalized", { summary: withNorm, params: 138_365_992, multiplyAdds: 15_470_264_320 }),
  vgg19: published([2, 2, 4, 4, 4], "plain", { summary: "16 convolutions and three linear layers.", params: 143_667_240, multiplyAdds: 19_632_062_464 }),
  vgg19_bn: published([2, 2, 4, 4, 4], "normalized", { summary: withNorm, params: 143_678_248, multiplyAdds: 19_632_062_464 }),
  "vgg16-tiny": tiny(tinyConfig, {
    title: "VGG16, tiny",
    summary: "Seven convolutions and three linear layers, for tests and demonstrations.",
    params: 39_978,
    multiplyAdds: 10_924_160,
  }),
  "vgg16_bn-tiny": tiny({ ...tinyConfig, normalized: true }, {
    title: "VGG16 with batch normalization, tiny",
    summary: "Seven normalized convolutions and three linear layers, for tests and demonstrations.",
    params: 40_266,
    multiplyAdds: 10_924_160,
  }),
} satisfies Record<string, Architecture>;
