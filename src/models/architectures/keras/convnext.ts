// Keras: convnext_base_stem_conv, convnext_base_stage_0_block_0_depthwise_conv ... convnext_base_head_dense; every name
// begins with the model's own.
import { torchNormalization } from "./contract.js";
import type { KerasFamily, KerasLayer } from "./contract.js";

const blockParts: Readonly<Record<string, { kind: "convolution" | "layer-normalization" | "dense"; name: string }>> = {
  "0": { kind: "convolution", name: "depthwise_conv" },
  "2": { kind: "layer-normalization", name: "layernorm" },
  "3": { kind: "dense", name: "pointwise_conv_1" },
  "5": { kind: "dense", name: "pointwise_conv_2" },
};

function innerLayers(module: string, prefix: string): KerasLayer[] {
  const inBlock = /^features\.(\d+)\.(\d+)\.block\.(\d)$/.exec(module);
  if (inBlock !== null) {
    const start = `${prefix}_stage_${(Number(inBlock[1]) - 1) / 2}_block_${inBlock[2]}`;
    const part = blockParts[inBlock[3]!]!;
    const layer: KerasLayer = { kind: part.kind, names: [`${start}_${part.name}`], module };
    if (inBlock[3] !== "0") return [layer];
    const parameter = `features.${inBlock[1]}.${inBlock[2]}.layer_scale`;
    return [layer, { kind: "layer-scale", names: [`${start}_layer_scale`], module, parameter }];
  }
  const between = /^features\.(\d*[2468])\.([01])$/.exec(module);
  if (between === null) return [];
  const number = Number(between[1]) / 2 - 1;
  if (between[2] === "0") return [{ kind: "layer-normalization", names: [`${prefix}_downsampling_layernorm_${number}`], module }];
  return [{ kind: "convolution", names: [`${prefix}_downsampling_conv_${number}`], module }];
}

export const convnext: KerasFamily = {
  networks: /^convnext_\w+(-tiny)?$/,
  normalization: torchNormalization,
  first: "features.0.0",
  layers(modules, fileLayers) {
    const stem = "_stem_conv";
    const prefix = fileLayers.find((name) => name.endsWith(stem))?.slice(0, -stem.length) ?? "convnext";
    return [
      { kind: "convolution", names: [`${prefix}${stem}`], module: "features.0.0" },
      { kind: "layer-normalization", names: [`${prefix}_stem_layernorm`], module: "features.0.1" },
      ...[...modules.keys()].flatMap((module) => innerLayers(module, prefix)),
      { kind: "layer-normalization", names: [`${prefix}_head_layernorm`], module: "classifier.0" },
      { kind: "dense", names: [`${prefix}_head_dense`], module: "classifier.2" },
    ];
  },
};
