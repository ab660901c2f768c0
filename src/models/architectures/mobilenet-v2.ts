// MobileNetV2: a narrow stream of features, widened by a 1x1 convolution inside every block, filtered per channel by a
// 3x3 depthwise convolution and projected back without a nonlinearity; the stream is added to itself where the shape allows.
// Definition and parameter names: torchvision.models.mobilenet_v2 (features.0.0.weight ... classifier.1.bias).
import { imageNetPreprocessing, tinyPreprocessing } from "./contract.js";
import type { Architecture, BuildOptions, Reference } from "./contract.js";
import type { NetworkBuilder } from "./network-builder.js";

const reference: Reference = {
  authors: "M. Sandler, A. Howard, M. Zhu, A. Zhmoginov, L.-C. Chen",
  title: "MobileNetV2: Inverted Residuals and Linear Bottlenecks",
  year: 2018,
  id: "doi:10.1109/CVPR.2018.00474",
};

/** Blocks of one row of the paper's table 2. */
interface Row {
  readonly expansion: number;
  readonly channels: number;
  readonly repeats: number;
  readonly stride: number;
}

interface Config {
  readonly stem: number;
  readonly rows: readonly Row[];
  readonly last: number;
}

const full: Config = {
  stem: 32,
  rows: [
    { expansion: 1, channels: 16, repeats: 1, stride: 1 },
    { expansion: 6, channels: 24, repeats: 2, stride: 2 },
    { expansion: 6, channels: 32, repeats: 3, stride: 2 },
    { expansion: 6, channels: 64, repeats: 4, stride: 2 },
    { expansion: 6, channels: 96, repeats: 3, stride: 1 },
    { expansion: 6, channels: 160, repeats: 3, stride: 2 },
    { expansion: 6, channels: 320, repeats: 1, stride: 1 },
  ],
  last: 1280,
};

const tiny: Config = {
  stem: 16,
  rows: [
    { expansion: 1, channels: 8, repeats: 1, stride: 1 },
    { expansion: 4, channels: 16, repeats: 2, stride: 2 },
    { expansion: 4, channels: 24, repeats: 2, stride: 2 },
    { expansion: 4, channels: 32, repeats: 1, stride: 2 },
  ],
  last: 64,
};

/** Convolution, batch normalization and ReLU6: the modules path.0, path.1 and path.2. */
function convolveNormalizeClip(
  network: NetworkBuilder,
  path: string,
  input: string,
  options: { outputs: number; kernel: number; stride?: number; groups?: number },
): string {
  const convolved = network.convolution(`${path}.0`, input, options);
  return network.relu6(path, network.normalization(`${path}.1`, convolved));
}

function invertedResidual(network: NetworkBuilder, path: string, input: string, row: Row & { first: boolean }): string {
  const inputs = network.extents(input)[0]!;
  const hidden = inputs * row.expansion;
  const stride = row.first ? row.stride : 1;
  let value = input;
  let step = 0;
  if (row.expansion !== 1) {
    value = convolveNormalizeClip(network, `${path}.conv.${step++}`, value, { outputs: hidden, kernel: 1 });
  }
  const depthwise = { outputs: hidden, kernel: 3, stride, groups: hidden };
  value = convolveNormalizeClip(network, `${path}.conv.${step++}`, value, depthwise);
  value = network.convolution(`${path}.conv.${step++}`, value, { outputs: row.channels, kernel: 1 });
  if (stride !== 1 || inputs !== row.channels) return network.normalization(`${path}.conv.${step}`, value, { output: path });
  return network.add(path, input, network.normalization(`${path}.conv.${step}`, value));
}

function buildMobileNetV2(network: NetworkBuilder, config: Config, options: BuildOptions): string {
  const stem = { outputs: config.stem, kernel: 3, stride: 2 };
  let value = network.stage("features.0", () => convolveNormalizeClip(network, "features.0", "input", stem));
  let index = 1;
  for (const row of config.rows) {
    for (let repeat = 0; repeat < row.repeats; repeat++) {
      const path = `features.${index++}`;
      const input = value;
      value = network.stage(path, () => invertedResidual(network, path, input, { ...row, first: repeat === 0 }));
    }
  }
  const path = `features.${index}`;
  const input = value;
  // The pooled vector closes the last feature stage, so that frozen features are kept as one row per image.
  value = network.stage(path, () =>
    network.globalAverage("pool", convolveNormalizeClip(network, path, input, { outputs: config.last, kernel: 1 })),
  );
  return network.stage("classifier", () =>
    network.linear("classifier.1", network.dropout("classifier.0", value, options.dropout), {
      outputs: options.classes,
      init: () => ({
        weight: { distribution: "normal", std: 0.01 },
        bias: { distribution: "constant", value: 0 },
      }),
    }),
  );
}

export const mobileNetV2 = {
  mobilenet_v2: {
    title: "MobileNetV2",
    summary: "Small and fast: depthwise convolutions in inverted residual blocks.",
    reference,
    tiny: false,
    params: 3_504_872,
    multiplyAdds: 300_774_272,
    publishedClasses: 1000,
    inputSize: 224,
    minInputSize: 32,
    camLayer: "features.18",
    headParameters: ["classifier.1.weight", "classifier.1.bias"],
    dropout: 0.2,
    license: "BSD-3-Clause",
    preprocessing: imageNetPreprocessing,
    build: (network, options) => buildMobileNetV2(network, full, options),
  },
  "mobilenet_v2-tiny": {
    title: "MobileNetV2, tiny",
    summary: "Six inverted residual blocks, for tests and demonstrations.",
    reference,
    tiny: true,
    params: 23_250,
    multiplyAdds: 2_850_432,
    publishedClasses: 2,
    inputSize: 64,
    minInputSize: 16,
    camLayer: "features.7",
    headParameters: ["classifier.1.weight", "classifier.1.bias"],
    dropout: 0.2,
    license: "none: no weights are published",
    preprocessing: tinyPreprocessing,
    build: (network, options) => buildMobileNetV2(network, tiny, options),
  },
} as const satisfies Record<string, Architecture>;
