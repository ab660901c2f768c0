// EfficientNet and EfficientNetV2: inverted residual blocks whose channels are weighed by a squeeze-and-excitation branch;
// depth, width and resolution grow together. In V2 the early blocks are "fused": one 3x3 convolution in place of the 1x1
// and the depthwise one.
// Definition and parameter names: torchvision.models.efficientnet_b0, efficientnet_v2_s (features.0.0.weight ... classifier.1.bias).
import { imageNetPreprocessing, tinyPreprocessing, unpublished } from "./contract.js";
import type { Architecture, BuildOptions, Reference } from "./contract.js";
import type { NetworkBuilder } from "./network-builder.js";

const first: Reference = {
  authors: "M. Tan, Q. V. Le",
  title: "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
  year: 2019,
  id: "arXiv:1905.11946",
};

const second: Reference = {
  authors: "M. Tan, Q. V. Le",
  title: "EfficientNetV2: Smaller Models and Faster Training",
  year: 2021,
  id: "arXiv:2104.00298",
};

/** One stage: blocks of one kind. */
interface Row {
  readonly block: "inverted" | "fused";
  readonly expansion: number;
  readonly kernel: number;
  /** Of the first block; the others have 1. */
  readonly stride: number;
  readonly channels: number;
  readonly repeats: number;
}

interface Config {
  readonly stem: number;
  readonly rows: readonly Row[];
  /** Channels of the last convolution. */
  readonly last: number;
  /** Added to the variance of every normalization. */
  readonly epsilon: number;
  /** Probability of leaving out the branch of the last block; it grows from 0 linearly with the block's number. */
  readonly stochasticDepth: number;
}

type Entry = readonly [expansion: number, kernel: number, stride: number, channels: number, repeats: number];

const inverted = ([expansion, kernel, stride, channels, repeats]: Entry): Row => ({ block: "inverted", expansion, kernel, stride, channels, repeats });
const fused = (entry: Entry): Row => ({ ...inverted(entry), block: "fused" });

/** The multiple of 8 nearest to n, but no less than nine tenths of it. */
function toMultipleOf8(n: number): number {
  const nearest = Math.max(8, Math.floor((n + 4) / 8) * 8);
  return nearest < 0.9 * n ? nearest + 8 : nearest;
}

/** Table 1 of the paper. */
const baseline: readonly Entry[] = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
];

/** The baseline with more channels and more blocks. */
function scaled(width: number, depth: number): Config {
  const rows = baseline.map(([expansion, kernel, stride, channels, repeats]) =>
    inverted([expansion, kernel, stride, toMultipleOf8(channels * width), Math.ceil(repeats * depth)]),
  );
  return { stem: toMultipleOf8(32 * width), rows, last: 4 * rows.at(-1)!.channels, epsilon: 1e-5, stochasticDepth: 0.2 };
}

/** Table 4 of the second paper and its larger relatives: fused stages, then inverted ones. */
function secondVersion(stem: number, fusedRows: readonly Entry[], invertedRows: readonly Entry[]): Config {
  return { stem, rows: [...fusedRows.map(fused), ...invertedRows.map(inverted)], last: 1280, epsilon: 1e-3, stochasticDepth: 0.2 };
}

const tinyFirst: Config = {
  stem: 16,
  rows: [inverted([1, 3, 1, 16, 1]), inverted([4, 5, 2, 24, 2]), inverted([4, 3, 2, 32, 2])],
  last: 128,
  epsilon: 1e-5,
  stochasticDepth: 0.2,
};

const tinySecond: Config = {
  ...secondVersion(16, [[1, 3, 1, 16, 1], [4, 3, 2, 24, 2]], [[4, 3, 2, 32, 2]]),
  last: 128,
};

interface LayerOptions {
  readonly outputs: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly groups?: number;
  readonly epsilon: number;
  /** Name of the result where it is not the layer's path. */
  readonly output?: string;
}

/** Convolution and normalization, the modules path.0 and path.1. */
function convolveNormalize(network: NetworkBuilder, path: string, input: string, { epsilon, output, ...options }: LayerOptions): string {
  return network.normalization(`${path}.1`, network.convolution(`${path}.0`, input, options), { epsilon, ...(output !== undefined && { output }) });
}

function convolveNormalizeSilu(network: NetworkBuilder, path: string, input: string, options: LayerOptions): string {
  return network.silu(path, convolveNormalize(network, path, input, options));
}

/**
 * Every channel weighed by a number in (0, 1) made of all channels' means: fc1, SiLU, fc2, sigmoid.
 * @see J. Hu, L. Shen, G. Sun, Squeeze-and-Excitation Networks, 2018, doi:10.1109/CVPR.2018.00745
 */
function squeezeExcite(network: NetworkBuilder, path: string, input: string, squeezed: number): string {
  const outputs = network.extents(input)[0]!;
  const means = network.spatialMean(`${path}.avgpool`, input);
  const narrow = network.convolution(`${path}.fc1`, means, { outputs: squeezed, kernel: 1, bias: true });
  const hidden = network.silu(`${path}.activation`, narrow);
  const weights = network.sigmoid(`${path}.scale_activation`, network.convolution(`${path}.fc2`, hidden, { outputs, kernel: 1, bias: true }));
  return network.multiply(path, input, weights);
}

/** What an inverted block computes: 1x1 up, depthwise, squeeze-and-excitation, 1x1 down. */
function invertedBranch(network: NetworkBuilder, path: string, input: string, { row, stride, epsilon }: BlockOptions): string {
  const inputs = network.extents(input)[0]!;
  const hidden = toMultipleOf8(inputs * row.expansion);
  let value = input;
  let step = 0;
  if (hidden !== inputs) value = convolveNormalizeSilu(network, `${path}.block.${step++}`, value, { outputs: hidden, kernel: 1, epsilon });
  const depthwise = { outputs: hidden, kernel: row.kernel, stride, groups: hidden, epsilon };
  value = convolveNormalizeSilu(network, `${path}.block.${step++}`, value, depthwise);
  value = squeezeExcite(network, `${path}.block.${step++}`, value, Math.max(1, Math.floor(inputs / 4)));
  return convolveNormalize(network, `${path}.block.${step}`, value, { outputs: row.channels, kernel: 1, epsilon, output: `${path}.block` });
}

/** What a fused block computes: a convolution up and 1x1 down, or one convolution where nothing is expanded. */
function fusedBranch(network: NetworkBuilder, path: string, input: string, { row, stride, epsilon }: BlockOptions): string {
  const inputs = network.extents(input)[0]!;
  const hidden = toMultipleOf8(inputs * row.expansion);
  const spatial = { kernel: row.kernel, stride, epsilon };
  if (hidden === inputs) return convolveNormalizeSilu(network, `${path}.block.0`, input, { outputs: row.channels, ...spatial });
  const wide = convolveNormalizeSilu(network, `${path}.block.0`, input, { outputs: hidden, ...spatial });
  return convolveNormalize(network, `${path}.block.1`, wide, { outputs: row.channels, kernel: 1, epsilon, output: `${path}.block` });
}

const branches = { inverted: invertedBranch, fused: fusedBranch } as const;

interface BlockOptions {
  readonly row: Row;
  readonly stride: number;
  readonly epsilon: number;
  /** Probability of leaving out the branch in training. */
  readonly dropped: number;
}

function block(network: NetworkBuilder, path: string, input: string, options: BlockOptions): string {
  const branch = branches[options.row.block](network, path, input, options);
  if (options.stride !== 1 || network.extents(input)[0] !== options.row.channels) return branch;
  return network.add(path, network.stochasticDepth(branch, options.dropped), input);
}

function buildEfficientNet(network: NetworkBuilder, config: Config, options: BuildOptions): string {
  const { epsilon } = config;
  const stem = { outputs: config.stem, kernel: 3, stride: 2, epsilon };
  let value = network.stage("features.0", () => convolveNormalizeSilu(network, "features.0", "input", stem));
  const total = config.rows.reduce((sum, { repeats }) => sum + repeats, 0);
  let number = 0;
  for (const [index, row] of config.rows.entries()) {
    const path = `features.${index + 1}`;
    const input = value;
    value = network.stage(path, () => {
      let current = input;
      for (let i = 0; i < row.repeats; i++) {
        const dropped = (config.stochasticDepth * number++) / total;
        current = block(network, `${path}.${i}`, current, { row, stride: i === 0 ? row.stride : 1, epsilon, dropped });
      }
      return current;
    });
  }
  const path = `features.${config.rows.length + 1}`;
  const input = value;
  // The pooled vector closes the last feature stage, so that frozen features are kept as one row per image.
  value = network.stage(path, () =>
    network.globalAverage("avgpool", convolveNormalizeSilu(network, path, input, { outputs: config.last, kernel: 1, epsilon })),
  );
  return network.stage("classifier", () =>
    network.linear("classifier.1", network.dropout("classifier.0", value, options.dropout), {
      outputs: options.classes,
      init: () => ({
        weight: { distribution: "uniform", bound: 1 / Math.sqrt(options.classes) },
        bias: { distribution: "constant", value: 0 },
      }),
    }),
  );
}

type Facts = Pick<Architecture, "title" | "summary" | "params" | "multiplyAdds" | "inputSize" | "dropout"> & {
  /** Short side in pixels before the center crop. */
  readonly shortSide: number;
};

function published(reference: Reference, config: Config, { shortSide, ...facts }: Facts): Architecture {
  return {
    ...facts,
    reference,
    tiny: false,
    publishedClasses: 1000,
    minInputSize: 33,
    camLayer: `features.${config.rows.length + 1}`,
    headParameters: ["classifier.1.weight", "classifier.1.bias"],
    stochasticDepth: config.stochasticDepth,
    license: "BSD-3-Clause",
    preprocessing: { ...imageNetPreprocessing, size: facts.inputSize, shortSide },
    build: (network, options) => buildEfficientNet(network, config, options),
  };
}

function tiny(reference: Reference, config: Config, facts: Pick<Architecture, "title" | "summary" | "params" | "multiplyAdds">): Architecture {
  return {
    ...published(reference, config, { ...facts, inputSize: 64, dropout: 0.2, shortSide: 64 }),
    tiny: true,
    publishedClasses: 2,
    minInputSize: 16,
    license: unpublished,
    preprocessing: tinyPreprocessing,
  };
}

const scaling = "Depth, width and resolution scaled together";

export const efficientnet = {
  efficientnet_b0: published(first, scaled(1, 1), {
    title: "EfficientNet-B0",
    summary: "Inverted residual blocks with squeeze-and-excitation; the smallest of its row.",
    params: 5_288_548,
    multiplyAdds: 385_814_752,
    inputSize: 224,
    shortSide: 256,
    dropout: 0.2,
  }),
  efficientnet_b1: published(first, scaled(1, 1.1), {
    title: "EfficientNet-B1",
    summary: `${scaling}: depth 1.1.`,
    params: 7_794_184,
    multiplyAdds: 686_802_832,
    inputSize: 240,
    shortSide: 256,
    dropout: 0.2,
  }),
  efficientnet_b2: published(first, scaled(1.1, 1.2), {
    title: "EfficientNet-B2",
    summary: `${scaling}: width 1.1, depth 1.2.`,
    params: 9_109_994,
    multiplyAdds: 1_087_529_456,
    inputSize: 288,
    shortSide: 288,
    dropout: 0.3,
  }),
  efficientnet_b3: published(first, scaled(1.2, 1.4), {
    title: "EfficientNet-B3",
    summary: `${scaling}: width 1.2, depth 1.4.`,
    params: 12_233_232,
    multiplyAdds: 1_827_141_392,
    inputSize: 300,
    shortSide: 320,
    dropout: 0.3,
  }),
  efficientnet_b4: published(first, scaled(1.4, 1.8), {
    title: "EfficientNet-B4",
    summary: `${scaling}: width 1.4, depth 1.8.`,
    params: 19_341_616,
    multiplyAdds: 4_393_771_024,
    inputSize: 380,
    shortSide: 384,
    dropout: 0.4,
  }),
  efficientnet_v2_s: published(
    second,
    secondVersion(24, [[1, 3, 1, 24, 2], [4, 3, 2, 48, 4], [4, 3, 2, 64, 4]], [[4, 3, 2, 128, 6], [6, 3, 1, 160, 9], [6, 3, 2, 256, 15]]),
    {
      title: "EfficientNetV2-S",
      summary: "Fused blocks early, squeeze-and-excitation late; the small one.",
      params: 21_458_488,
      multiplyAdds: 8_365_617_152,
      inputSize: 384,
      shortSide: 384,
      dropout: 0.2,
    },
  ),
  efficientnet_v2_m: published(
    second,
    secondVersion(
      24,
      [[1, 3, 1, 24, 3], [4, 3, 2, 48, 5], [4, 3, 2, 80, 5]],
      [[4, 3, 2, 160, 7], [6, 3, 1, 176, 14], [6, 3, 2, 304, 18], [6, 3, 1, 512, 5]],
    ),
    {
      title: "EfficientNetV2-M",
      summary: "EfficientNetV2 with 57 blocks.",
      params: 54_139_356,
      multiplyAdds: 24_582_460_384,
      inputSize: 480,
      shortSide: 480,
      dropout: 0.3,
    },
  ),
  efficientnet_v2_l: {
    ...published(
      second,
      secondVersion(
        32,
        [[1, 3, 1, 32, 4], [4, 3, 2, 64, 7], [4, 3, 2, 96, 7]],
        [[4, 3, 2, 192, 10], [6, 3, 1, 224, 19], [6, 3, 2, 384, 25], [6, 3, 1, 640, 7]],
      ),
      {
        title: "EfficientNetV2-L",
        summary: "EfficientNetV2 with 79 blocks.",
        params: 118_515_272,
        multiplyAdds: 56_079_699_008,
        inputSize: 480,
        shortSide: 480,
        dropout: 0.4,
      },
    ),
    preprocessing: { ...imageNetPreprocessing, size: 480, shortSide: 480, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  },
  "efficientnet_b0-tiny": tiny(first, tinyFirst, {
    title: "EfficientNet, tiny",
    summary: "Five inverted residual blocks with squeeze-and-excitation, for tests and demonstrations.",
    params: 39_470,
    multiplyAdds: 6_204_544,
  }),
  "efficientnet_v2-tiny": tiny(second, tinySecond, {
    title: "EfficientNetV2, tiny",
    summary: "Three fused and two inverted blocks, for tests and demonstrations.",
    params: 61_664,
    multiplyAdds: 13_157_760,
  }),
} satisfies Record<string, Architecture>;
