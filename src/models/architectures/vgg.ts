// VGG: blocks of 3x3 convolutions, each block closed by a 2x2 maximum; then three linear layers.
// Definition and parameter names: torchvision.models.vgg16 (features.0.weight ... classifier.6.bias), without batch normalization.
import { imageNetPreprocessing, tinyPreprocessing } from "./contract.js";
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
  /** Side of the grid that the last feature map is averaged to. */
  readonly grid: number;
  /** Width of the two hidden linear layers. */
  readonly hidden: number;
}

const vgg16: VggConfig = {
  blocks: [
    [64, 64],
    [128, 128],
    [256, 256, 256],
    [512, 512, 512],
    [512, 512, 512],
  ],
  grid: 7,
  hidden: 4096,
};

const tiny: VggConfig = {
  blocks: [[8, 8], [16, 16], [32, 32], [32]],
  grid: 2,
  hidden: 64,
};

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

export const vgg = {
  vgg16: {
    title: "VGG16",
    summary: "Large and plain: 13 convolutions and three linear layers.",
    reference,
    tiny: false,
    params: 138_357_544,
    multiplyAdds: 15_470_264_320,
    publishedClasses: 1000,
    inputSize: 224,
    minInputSize: 32,
    camLayer: "features.29",
    headParameters: ["classifier.6.weight", "classifier.6.bias"],
    dropout: 0.5,
    license: "BSD-3-Clause",
    preprocessing: imageNetPreprocessing,
    build: (network, options) => buildVgg(network, vgg16, options),
  },
  "vgg16-tiny": {
    title: "VGG16, tiny",
    summary: "Seven convolutions and three linear layers, for tests and demonstrations.",
    reference,
    tiny: true,
    params: 39_978,
    multiplyAdds: 10_924_160,
    publishedClasses: 2,
    inputSize: 64,
    minInputSize: 16,
    camLayer: "features.16",
    headParameters: ["classifier.6.weight", "classifier.6.bias"],
    dropout: 0.5,
    license: "none: no weights are published",
    preprocessing: tinyPreprocessing,
    build: (network, options) => buildVgg(network, tiny, options),
  },
} as const satisfies Record<string, Architecture>;
