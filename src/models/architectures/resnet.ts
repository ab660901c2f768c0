// Residual networks: every block adds a correction to what it was given, by two 3x3 convolutions ("basic": 18 and 34
// layers) or by 1x1, 3x3, 1x1 ("bottleneck": 50 and more). The stride of a bottleneck sits on its 3x3 convolution, as in
// torchvision ("v1.5"); the paper has it on the first 1x1.
// Definition and parameter names: torchvision.models.resnet50 (conv1.weight, layer1.0.conv1.weight ... fc.bias).
import { imageNetPreprocessing, tinyPreprocessing, unpublished } from "./contract.js";
import type { Architecture, BuildOptions, Reference } from "./contract.js";
import type { NetworkBuilder } from "./network-builder.js";

const reference: Reference = {
  authors: "K. He, X. Zhang, S. Ren, J. Sun",
  title: "Deep Residual Learning for Image Recognition",
  year: 2016,
  id: "doi:10.1109/CVPR.2016.90",
};

export interface ResNetConfig {
  readonly block: "basic" | "bottleneck";
  /** Blocks of the four layers: [2, 2, 2, 2] for 18, [3, 4, 6, 3] for 34 and 50, [3, 4, 23, 3] for 101, [3, 8, 36, 3] for 152. */
  readonly depths: readonly [number, number, number, number];
  /** Channels of the stem; doubled with every layer. */
  readonly width: number;
}

/** Channels out of a block per channel inside it. */
const expansions = { basic: 1, bottleneck: 4 } as const;

interface Block {
  readonly path: string;
  readonly width: number;
  readonly stride: number;
}

/** What the block adds to its input: conv1, bn1, relu, conv2, bn2. */
function basicBranch(network: NetworkBuilder, input: string, { path, width, stride }: Block): string {
  const first = network.convolution(`${path}.conv1`, input, { outputs: width, kernel: 3, stride });
  const hidden = network.relu(`${path}.relu1`, network.normalization(`${path}.bn1`, first));
  const second = network.convolution(`${path}.conv2`, hidden, { outputs: width, kernel: 3 });
  return network.normalization(`${path}.bn2`, second);
}

/** What the block adds to its input: 1x1 down, 3x3, 1x1 up, each with its normalization. */
function bottleneckBranch(network: NetworkBuilder, input: string, { path, width, stride }: Block): string {
  const down = network.convolution(`${path}.conv1`, input, { outputs: width, kernel: 1 });
  const narrow = network.relu(`${path}.relu1`, network.normalization(`${path}.bn1`, down));
  const middle = network.convolution(`${path}.conv2`, narrow, { outputs: width, kernel: 3, stride });
  const filtered = network.relu(`${path}.relu2`, network.normalization(`${path}.bn2`, middle));
  const up = network.convolution(`${path}.conv3`, filtered, { outputs: width * expansions.bottleneck, kernel: 1 });
  return network.normalization(`${path}.bn3`, up);
}

const branches = { basic: basicBranch, bottleneck: bottleneckBranch } as const;

function residualBlock(network: NetworkBuilder, kind: ResNetConfig["block"], input: string, block: Block): string {
  const { path, width, stride } = block;
  const outputs = width * expansions[kind];
  const branch = branches[kind](network, input, block);
  let shortcut = input;
  if (stride !== 1 || network.extents(input)[0] !== outputs) {
    const projected = network.convolution(`${path}.downsample.0`, input, { outputs, kernel: 1, stride });
    shortcut = network.normalization(`${path}.downsample.1`, projected);
  }
  return network.relu(path, network.add(`${path}.add`, branch, shortcut));
}

/** A residual network of any depth; see {@link ResNetConfig}. */
export function buildResNet(network: NetworkBuilder, config: ResNetConfig, options: BuildOptions): string {
  let value = network.stage("stem", () => {
    const convolved = network.convolution("conv1", "input", { outputs: config.width, kernel: 7, stride: 2 });
    const activated = network.relu("relu", network.normalization("bn1", convolved));
    return network.maxPool("maxpool", activated, { kernel: 3, stride: 2, padding: 1 });
  });
  for (const [index, depth] of config.depths.entries()) {
    const layer = `layer${index + 1}`;
    const input = value;
    value = network.stage(layer, () => {
      let current = input;
      for (let i = 0; i < depth; i++) {
        const stride = i === 0 && index > 0 ? 2 : 1;
        const block = { path: `${layer}.${i}`, width: config.width * 2 ** index, stride };
        current = residualBlock(network, config.block, current, block);
      }
      // The pooled vector closes the last feature stage, so that frozen features are kept as one row per image.
      return index === config.depths.length - 1 ? network.globalAverage("avgpool", current) : current;
    });
  }
  return network.stage("classifier", () =>
    network.linear("fc", network.dropout("dropout", value, options.dropout), {
      outputs: options.classes,
      init: (fanIn) => {
        const uniform = { distribution: "uniform", bound: 1 / Math.sqrt(fanIn) } as const;
        return { weight: uniform, bias: uniform };
      },
    }),
  );
}

const common = { reference, headParameters: ["fc.weight", "fc.bias"], dropout: 0 } as const;

type Facts = Pick<Architecture, "summary" | "params" | "multiplyAdds">;

function published(block: ResNetConfig["block"], depths: ResNetConfig["depths"], facts: Facts): Architecture {
  const perBlock = { basic: 2, bottleneck: 3 }[block];
  return {
    ...common,
    ...facts,
    title: `ResNet-${perBlock * depths.reduce((sum, depth) => sum + depth, 0) + 2}`,
    tiny: false,
    publishedClasses: 1000,
    inputSize: 224,
    minInputSize: 32,
    camLayer: `layer4.${depths[3] - 1}`,
    license: "BSD-3-Clause",
    preprocessing: imageNetPreprocessing,
    build: (network, options) => buildResNet(network, { block, depths, width: 64 }, options),
  };
}

function tiny(block: ResNetConfig["block"], depths: ResNetConfig["depths"], facts: Facts & Pick<Architecture, "title">): Architecture {
  return {
    ...common,
    ...facts,
    tiny: true,
    publishedClasses: 2,
    inputSize: 64,
    minInputSize: 16,
    camLayer: `layer4.${depths[3] - 1}`,
    license: unpublished,
    preprocessing: tinyPreprocessing,
    build: (network, options) => buildResNet(network, { block, depths, width: 8 }, options),
  };
}

export const resnet = {
  resnet18: published("basic", [2, 2, 2, 2], { summary: "8 blocks of two 3x3 convolutions.", params: 11_689_512, multiplyAdds: 1_814_073_344 }),
  resnet34: published("basic", [3, 4, 6, 3], { summary: "16 blocks of two 3x3 convolutions.", params: 21_797_672, multiplyAdds: 3_663_761_408 }),
  resnet50: published("bottleneck", [3, 4, 6, 3], { summary: "The common reference: 16 bottleneck blocks.", params: 25_557_032, multiplyAdds: 4_089_184_256 }),
  resnet101: published("bottleneck", [3, 4, 23, 3], { summary: "33 bottleneck blocks.", params: 44_549_160, multiplyAdds: 7_801_405_440 }),
  resnet152: published("bottleneck", [3, 8, 36, 3], { summary: "50 bottleneck blocks.", params: 60_192_808, multiplyAdds: 11_513_626_624 }),
  "resnet18-tiny": tiny("basic", [1, 2, 1, 1], {
    title: "ResNet-18, tiny",
    summary: "Five basic blocks, for tests and demonstrations.",
    params: 83_114,
    multiplyAdds: 2_482_304,
  }),
  "resnet50-tiny": tiny("bottleneck", [1, 2, 1, 1], {
    title: "ResNet-50, tiny",
    summary: "Five bottleneck blocks, for tests and demonstrations.",
    params: 133_450,
    multiplyAdds: 3_203_584,
  }),
} satisfies Record<string, Architecture>;
