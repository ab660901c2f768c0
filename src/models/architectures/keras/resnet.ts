// Keras: conv1_conv, conv2_block1_1_conv ... conv5_block3_3_bn, predictions; before 2019 res2a_branch2a, bn2a_branch2a.
// Its convolutions have biases, which the normalization behind them takes up.
import { caffeNormalization } from "./contract.js";
import type { KerasFamily, KerasLayer } from "./contract.js";

const epsilon = 1.001e-5;

function blockLayers(module: string): KerasLayer[] {
  const match = /^layer(\d)\.(\d+)\.(conv|bn|downsample\.)(\d)$/.exec(module);
  if (match === null) return [];
  const [stage, block] = [Number(match[1]) + 1, Number(match[2])];
  const isShortcut = match[3] === "downsample.";
  const number = isShortcut ? 0 : Number(match[4]);
  const isNormalization = match[3] === "bn" || (isShortcut && match[4] === "1");
  const letter = String.fromCharCode(97 + block);
  const old = `${stage}${letter}_branch${isShortcut ? "1" : `2${String.fromCharCode(96 + number)}`}`;
  const start = `conv${stage}_block${block + 1}_${number}`;
  if (isNormalization) return [{ kind: "batch-normalization", names: [`${start}_bn`, `bn${old}`], module, epsilon }];
  const biasInto = isShortcut ? module.replace(/0$/, "1") : module.replace("conv", "bn");
  return [{ kind: "convolution", names: [`${start}_conv`, `res${old}`], module, biasInto }];
}

export const resnet: KerasFamily = {
  networks: /^resnet\d+(-tiny)?$/,
  normalization: caffeNormalization,
  first: "conv1",
  difference:
    "Keras halves the resolution in the first 1x1 convolution of a stage, this network in its 3x3 convolution: logits differ from Keras's. As a start of training the weights serve.",
  layers: (modules) => [
    { kind: "convolution", names: ["conv1_conv", "conv1"], module: "conv1", biasInto: "bn1" },
    { kind: "batch-normalization", names: ["conv1_bn", "bn_conv1"], module: "bn1", epsilon },
    ...[...modules.keys()].flatMap(blockLayers),
    { kind: "dense", names: ["predictions", "probs", "fc1000"], module: "fc" },
  ],
};
