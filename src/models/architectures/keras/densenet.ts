// Keras: conv1_conv, conv2_block1_0_bn ... conv5_block16_2_conv, pool2_bn, pool2_conv, bn, predictions.
import { torchNormalization } from "./contract.js";
import type { KerasFamily, KerasLayer } from "./contract.js";

const epsilon = 1.001e-5;

function innerLayers(module: string): KerasLayer[] {
  const dense = /^features\.denseblock(\d+)\.denselayer(\d+)\.(norm|conv)([12])$/.exec(module);
  if (dense !== null) {
    const [, block, layer, kind, number] = dense;
    const start = `conv${Number(block) + 1}_block${layer}`;
    if (kind === "conv") return [{ kind: "convolution", names: [`${start}_${number}_conv`], module }];
    return [{ kind: "batch-normalization", names: [`${start}_${Number(number) - 1}_bn`], module, epsilon }];
  }
  const transition = /^features\.transition(\d+)\.(norm|conv)$/.exec(module);
  if (transition === null) return [];
  const pool = `pool${Number(transition[1]) + 1}`;
  if (transition[2] === "conv") return [{ kind: "convolution", names: [`${pool}_conv`], module }];
  return [{ kind: "batch-normalization", names: [`${pool}_bn`], module, epsilon }];
}

export const densenet: KerasFamily = {
  networks: /^densenet(\d+)?(-.*)?$/,
  normalization: torchNormalization,
  first: "features.conv0",
  layers: (modules) => [
    { kind: "convolution", names: ["conv1_conv"], module: "features.conv0" },
    { kind: "batch-normalization", names: ["conv1_bn"], module: "features.norm0", epsilon },
    ...[...modules.keys()].flatMap(innerLayers),
    { kind: "batch-normalization", names: ["bn"], module: "features.norm5", epsilon },
    { kind: "dense", names: ["predictions", "fc1000"], module: "classifier" },
  ],
};
