// ConvNeXt: a residual network after the pattern of a vision transformer. Each block filters every channel by itself with a
// 7x7 window, normalizes the channels of each pixel, and widens and narrows them fourfold by two linear layers with a GELU
// between; what it adds starts near zero (layer scale). Between stages a 2x2 convolution of stride 2 halves the resolution.
// Definition and parameter names: torchvision.models.convnext_tiny (features.0.0.weight ... classifier.2.bias).
import { imageNetPreprocessing, tinyPreprocessing, unpublished } from "./contract.js";
import type { Architecture, BuildOptions, Reference } from "./contract.js";
import type { Initializer, NetworkBuilder } from "./network-builder.js";

const reference: Reference = {
  authors: "Z. Liu, H. Mao, C.-Y. Wu, C. Feichtenhofer, T. Darrell, S. Xie",
  title: "A ConvNet for the 2020s",
  year: 2022,
  id: "doi:10.1109/CVPR52688.2022.01167",
};

interface ConvNeXtConfig {
  /** Channels and blocks of every stage. */
  readonly stages: readonly { readonly channels: number; readonly depth: number }[];
  /** Probability of leaving out the last block in training; the ones before rise to it from 0. */
  readonly stochasticDepth: number;
}

function stagesOf(channels: number, depths: readonly number[]): ConvNeXtConfig["stages"] {
  return depths.map((depth, i) => ({ channels: channels * 2 ** i, depth }));
}

/** A normal distribution cut off at 2, a hundred deviations: not cut off. */
const weightInit: Initializer = { distribution: "normal", std: 0.02 };
const zero: Initializer = { distribution: "constant", value: 0 };
const one: Initializer = { distribution: "constant", value: 1 };
const linearInit = (): { weight: Initializer; bias: Initializer } => ({ weight: weightInit, bias: zero });
/** Start of what scales a block's branch. */
const layerScale: Initializer = { distribution: "constant", value: 1e-6 };

function channelsLast(network: NetworkBuilder, path: string, input: string): string {
  return network.operator("Transpose", path, [input], { perm: [0, 2, 3, 1] });
}

function channelsFirst(network: NetworkBuilder, path: string, input: string): string {
  return network.operator("Transpose", path, [input], { perm: [0, 3, 1, 2] });
}

/** Mean 0 and variance 1 over the last axis, then a scale and a bias per channel. */
function layerNormalization(network: NetworkBuilder, path: string, input: string): string {
  const shape = network.extents(input).slice(-1);
  const scale = network.parameter(`${path}.weight`, { shape, role: "normScale", init: one });
  const bias = network.parameter(`${path}.bias`, { shape, role: "normBias", init: zero });
  return network.operator("LayerNormalization", path, [input, scale, bias], { axis: -1, epsilon: 1e-6 });
}

/** torchvision's LayerNorm2d: the channels of each pixel of [N, C, H, W] are normalized. */
function imageNormalization(network: NetworkBuilder, path: string, input: string): string {
  const normalized = layerNormalization(network, path, channelsLast(network, `${path}.channels_last`, input));
  return channelsFirst(network, `${path}.channels_first`, normalized);
}

/** Depthwise filter, normalization, and two linear layers on the channels of each pixel: what the block adds. */
function branch(network: NetworkBuilder, path: string, input: string): string {
  const [channels, height, width] = network.extents(input) as [number, number, number];
  const filter = { outputs: channels, kernel: 7, groups: channels, bias: true, init: () => weightInit };
  const filtered = network.convolution(`${path}.0`, input, filter);
  const normalized = layerNormalization(network, `${path}.2`, channelsLast(network, `${path}.1`, filtered));
  const pixels = network.operator("Reshape", `${path}.pixels`, [normalized, network.constant([-1, channels])]);
  const wide = network.linear(`${path}.3`, pixels, { outputs: 4 * channels, init: linearInit });
  const activated = network.operator("Gelu", `${path}.4`, [wide]);
  const narrow = network.linear(`${path}.5`, activated, { outputs: channels, init: linearInit });
  const image = network.operator("Reshape", `${path}.image`, [narrow, network.constant([-1, height, width, channels])]);
  return channelsFirst(network, `${path}.6`, image);
}

function block(network: NetworkBuilder, path: string, input: string, dropped: number): string {
  const added = branch(network, `${path}.block`, input);
  const shape = [network.extents(input)[0]!, 1, 1];
  const scale = network.parameter(`${path}.layer_scale`, { shape, role: "normScale", init: layerScale });
  const scaled = network.multiply(`${path}.scaled`, added, scale);
  return network.add(path, network.stochasticDepth(scaled, dropped), input);
}

function buildConvNeXt(network: NetworkBuilder, config: ConvNeXtConfig, options: BuildOptions): string {
  const { stages } = config;
  const blocks = stages.reduce((sum, { depth }) => sum + depth, 0);
  let built = 0;
  let value = network.stage("features.0", () => {
    const stem = { outputs: stages[0]!.channels, kernel: 4, stride: 4, padding: 0, bias: true, init: () => weightInit };
    return imageNormalization(network, "features.0.1", network.convolution("features.0.0", "input", stem));
  });
  for (const [index, { depth }] of stages.entries()) {
    const path = `features.${2 * index + 1}`;
    const input = value;
    value = network.stage(path, () => {
      let current = input;
      for (let i = 0; i < depth; i++) {
        const dropped = (config.stochasticDepth * built++) / (blocks - 1);
        current = block(network, `${path}.${i}`, current, dropped);
      }
      // The pooled vector closes the last stage before the head's, so that frozen features are kept as one row per image.
      return index === stages.length - 1 ? network.globalAverage("avgpool", current) : current;
    });
    const next = stages[index + 1];
    if (next === undefined) continue;
    const below = `features.${2 * index + 2}`;
    const features = value;
    value = network.stage(below, () => {
      const halving = { outputs: next.channels, kernel: 2, stride: 2, padding: 0, bias: true, init: () => weightInit };
      return network.convolution(`${below}.1`, imageNormalization(network, `${below}.0`, features), halving);
    });
  }
  value = network.stage("classifier.0", () => layerNormalization(network, "classifier.0", value));
  return network.stage("classifier", () =>
    network.linear("classifier.2", network.dropout("dropout", value, options.dropout), { outputs: options.classes, init: linearInit }),
  );
}

type Published = Pick<Architecture, "title" | "summary" | "params" | "multiplyAdds"> & {
  readonly channels: number;
  readonly depths: readonly number[];
  readonly stochasticDepth: number;
  readonly shortSide: number;
};

function published({ channels, depths, shortSide, stochasticDepth, ...facts }: Published) {
  return {
    ...facts,
    reference,
    tiny: false,
    publishedClasses: 1000,
    inputSize: 224,
    minInputSize: 32,
    camLayer: `features.7.${depths.at(-1)! - 1}`,
    headParameters: ["classifier.2.weight", "classifier.2.bias"],
    dropout: 0,
    stochasticDepth,
    license: "BSD-3-Clause",
    preprocessing: { ...imageNetPreprocessing, shortSide },
    build: (network: NetworkBuilder, options: BuildOptions) =>
      buildConvNeXt(network, { stages: stagesOf(channels, depths), stochasticDepth }, options),
  } as const satisfies Architecture;
}

export const convnext = {
  convnext_tiny: published({
    title: "ConvNeXt-Tiny",
    summary: "Large depthwise windows and linear layers per pixel; the size of ResNet-50.",
    params: 28_589_128,
    multiplyAdds: 4_455_531_264,
    channels: 96,
    depths: [3, 3, 9, 3],
    stochasticDepth: 0.1,
    shortSide: 236,
  }),
  convnext_small: published({
    title: "ConvNeXt-Small",
    summary: "ConvNeXt-Tiny with a third stage three times as deep.",
    params: 50_223_688,
    multiplyAdds: 8_683_712_256,
    channels: 96,
    depths: [3, 3, 27, 3],
    stochasticDepth: 0.4,
    shortSide: 230,
  }),
  convnext_base: published({
    title: "ConvNeXt-Base",
    summary: "ConvNeXt-Small with a third more channels.",
    params: 88_591_464,
    multiplyAdds: 15_354_729_472,
    channels: 128,
    depths: [3, 3, 27, 3],
    stochasticDepth: 0.5,
    shortSide: 232,
  }),
  convnext_large: published({
    title: "ConvNeXt-Large",
    summary: "ConvNeXt-Base with half as many channels more; needs memory.",
    params: 197_767_336,
    multiplyAdds: 34_361_433_600,
    channels: 192,
    depths: [3, 3, 27, 3],
    stochasticDepth: 0.5,
    shortSide: 232,
  }),
  "convnext_base-tiny": {
    title: "ConvNeXt-Base, tiny",
    summary: "Five blocks of few channels, for tests and demonstrations.",
    reference,
    tiny: true,
    params: 107_538,
    multiplyAdds: 3_582_080,
    publishedClasses: 2,
    inputSize: 64,
    minInputSize: 16,
    camLayer: "features.5.1",
    headParameters: ["classifier.2.weight", "classifier.2.bias"],
    dropout: 0,
    stochasticDepth: 0.1,
    license: unpublished,
    preprocessing: tinyPreprocessing,
    build: (network, options) => buildConvNeXt(network, { stages: stagesOf(16, [1, 2, 2]), stochasticDepth: 0.1 }, options),
  },
} as const satisfies Record<string, Architecture>;
