// Keras: Conv1, expanded_conv_depthwise, block_1_expand ... block_16_project_BN, Conv_1, predictions.
import { asymmetricBorder, signedNormalization } from "./contract.js";
import type { KerasFamily, KerasLayer } from "./contract.js";

const epsilon = 1e-3;

function blockLayers(module: string, isNarrow: (block: number) => boolean): KerasLayer[] {
  const match = /^features\.(\d+)\.conv\.(\d)(?:\.(\d))?$/.exec(module);
  if (match === null) return [];
  const block = Number(match[1]);
  const prefix = block === 1 ? "expanded_conv" : `block_${block - 1}`;
  // A block without expansion lacks the first of the three steps.
  const step = Number(match[2]) + (isNarrow(block) ? 1 : 0);
  if (match[3] === undefined) {
    if (step === 2) return [{ kind: "convolution", names: [`${prefix}_project`], module }];
    return [{ kind: "batch-normalization", names: [`${prefix}_project_BN`], module, epsilon }];
  }
  const part = step === 0 ? "expand" : "depthwise";
  if (match[3] === "1") return [{ kind: "batch-normalization", names: [`${prefix}_${part}_BN`], module, epsilon }];
  return [{ kind: step === 0 ? "convolution" : "depthwise", names: [`${prefix}_${part}`], module }];
}

export const mobileNetV2: KerasFamily = {
  networks: /^mobilenet_v2(-tiny)?$/,
  normalization: signedNormalization,
  first: "features.0.0",
  difference: asymmetricBorder,
  layers(modules) {
    const paths = [...modules.keys()];
    const last = Math.max(...paths.map((path) => Number(/^features\.(\d+)\./.exec(path)?.[1] ?? 0)));
    const isNarrow = (block: number): boolean => !modules.has(`features.${block}.conv.1.0`);
    return [
      { kind: "convolution", names: ["Conv1"], module: "features.0.0" },
      { kind: "batch-normalization", names: ["bn_Conv1"], module: "features.0.1", epsilon },
      ...paths.flatMap((path) => blockLayers(path, isNarrow)),
      { kind: "convolution", names: ["Conv_1"], module: `features.${last}.0` },
      { kind: "batch-normalization", names: ["Conv_1_bn"], module: `features.${last}.1`, epsilon },
      { kind: "dense", names: ["predictions", "Logits"], module: "classifier.1" },
    ];
  },
};
