// Xception: every convolution behind the stem is separable, a 3x3 filter of each channel by itself and then a 1x1 mixture of
// channels; blocks of two or three of them with a shortcut around.
// Definition: keras.applications.Xception, for which all published weights were trained: epsilon 1e-3 in the normalizations, and
// where a maximum of stride 2 meets an even extent its border of one lies on the right and below only. Parameter names are those
// of Cadene's port, which timm has as legacy_xception (conv1.weight, block1.rep.0.conv1.weight ... fc.bias). The ports put a border
// on both sides and an epsilon of 1e-5 to the same weights, which moves their logits a little.
import { tinyPreprocessing, unpublished } from "./contract.js";
import type { Architecture, BuildOptions, Reference } from "./contract.js";
import type { NetworkBuilder } from "./network-builder.js";

const reference: Reference = {
  authors: "F. Chollet",
  title: "Xception: Deep Learning with Depthwise Separable Convolutions",
  year: 2017,
  id: "doi:10.1109/CVPR.2017.195",
};

interface XceptionConfig {
  /** Channels of the two convolutions before the blocks. */
  readonly stem: readonly [number, number];
  /** Channels of the blocks that halve the resolution; the last one's are kept through the middle. */
  readonly entry: readonly number[];
  /** Number of blocks that keep resolution and channels. */
  readonly middle: number;
  /** Channels of the last block that halves the resolution, and of the two convolutions behind it. */
  readonly exit: readonly [number, number, number];
}

const full: XceptionConfig = { stem: [32, 64], entry: [128, 256, 728], middle: 8, exit: [1024, 1536, 2048] };

const tiny: XceptionConfig = { stem: [8, 16], entry: [32, 48], middle: 1, exit: [64, 80, 96] };

const epsilon = 1e-3;

function separable(network: NetworkBuilder, path: string, input: string, outputs: number): string {
  const channels = network.extents(input)[0]!;
  const filtered = network.convolution(`${path}.conv1`, input, { outputs: channels, kernel: 3, groups: channels });
  return network.convolution(`${path}.pointwise`, filtered, { outputs, kernel: 1 });
}

/** Maxima of 3x3 windows of stride 2, one for every second position from the first on: TensorFlow's "SAME". */
function halve(network: NetworkBuilder, path: string, input: string): string {
  const borders = network.extents(input).slice(1).map((extent) => (extent % 2 === 0 ? 0 : 1));
  return network.operator("MaxPool", path, [input], { kernel_shape: [3, 3], strides: [2, 2], pads: [...borders, 1, 1] });
}

interface Block {
  readonly path: string;
  /** Channels out of each separable convolution. */
  readonly widths: readonly number[];
  readonly stride: 1 | 2;
  /** Whether the block begins with a ReLU; the first one's input has been through it. */
  readonly startsWithRelu: boolean;
}

function buildBlock(network: NetworkBuilder, input: string, { path, widths, stride, startsWithRelu }: Block): string {
  const outputs = widths.at(-1)!;
  let shortcut = input;
  if (stride !== 1 || network.extents(input)[0] !== outputs) {
    const projected = network.convolution(`${path}.skip`, input, { outputs, kernel: 1, stride });
    shortcut = network.normalization(`${path}.skipbn`, projected, { epsilon });
  }
  let value = input;
  let index = 0;
  for (const [i, width] of widths.entries()) {
    if (i > 0 || startsWithRelu) value = network.relu(`${path}.rep.${index++}`, value);
    value = separable(network, `${path}.rep.${index++}`, value, width);
    value = network.normalization(`${path}.rep.${index++}`, value, { epsilon });
  }
  if (stride === 2) value = halve(network, `${path}.rep.${index}`, value);
  return network.add(path, value, shortcut);
}

function blocksOf({ entry, middle, exit }: XceptionConfig): Omit<Block, "path">[] {
  const width = entry.at(-1)!;
  return [
    ...entry.map((channels, i): Omit<Block, "path"> => ({ widths: [channels, channels], stride: 2, startsWithRelu: i > 0 })),
    ...Array.from({ length: middle }, (): Omit<Block, "path"> => ({ widths: [width, width, width], stride: 1, startsWithRelu: true })),
    { widths: [width, exit[0]], stride: 2, startsWithRelu: true },
  ];
}

function buildXception(network: NetworkBuilder, config: XceptionConfig, options: BuildOptions): string {
  let value = network.stage("stem", () => {
    const first = network.convolution("conv1", "input", { outputs: config.stem[0], kernel: 3, stride: 2, padding: 0 });
    const activated = network.relu("act1", network.normalization("bn1", first, { epsilon }));
    const second = network.convolution("conv2", activated, { outputs: config.stem[1], kernel: 3, padding: 0 });
    return network.relu("act2", network.normalization("bn2", second, { epsilon }));
  });
  for (const [index, block] of blocksOf(config).entries()) {
    const path = `block${index + 1}`;
    const input = value;
    value = network.stage(path, () => buildBlock(network, input, { ...block, path }));
  }
  const features = value;
  value = network.stage("exit", () => {
    const third = network.normalization("bn3", separable(network, "conv3", features, config.exit[1]), { epsilon });
    const wide = separable(network, "conv4", network.relu("act3", third), config.exit[2]);
    // The pooled vector closes the last feature stage, so that frozen features are kept as one row per image.
    return network.globalAverage("global_pool", network.relu("act4", network.normalization("bn4", wide, { epsilon })));
  });
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

export const xception = {
  xception: {
    title: "Xception",
    summary: "Separable convolutions with shortcuts; sees 299 pixels.",
    reference,
    tiny: false,
    params: 22_855_952,
    multiplyAdds: 8_357_403_496,
    publishedClasses: 1000,
    inputSize: 299,
    minInputSize: 71,
    camLayer: "act4",
    headParameters: ["fc.weight", "fc.bias"],
    dropout: 0,
    license: "MIT",
    preprocessing: { channels: "rgb", size: 299, resize: "center-crop", shortSide: 333, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], fill: 0 },
    build: (network, options) => buildXception(network, full, options),
  },
  "xception-tiny": {
    title: "Xception, tiny",
    summary: "Four blocks of separable convolutions, for tests and demonstrations.",
    reference,
    tiny: true,
    params: 43_274,
    multiplyAdds: 5_270_552,
    publishedClasses: 2,
    inputSize: 64,
    minInputSize: 16,
    camLayer: "act4",
    headParameters: ["fc.weight", "fc.bias"],
    dropout: 0,
    license: unpublished,
    preprocessing: tinyPreprocessing,
    build: (network, options) => buildXception(network, tiny, options),
  },
} as const satisfies Record<string, Architecture>;
