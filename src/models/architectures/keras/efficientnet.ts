// Keras: stem_conv, block1a_project_conv, block2a_expand_conv ... block7r_project_bn, top_conv, predictions.
import { asymmetricBorder, torchNormalization } from "./contract.js";
import type { KerasFamily, KerasLayer } from "./contract.js";

const epsilon = 1e-3;

/** What the steps of a block are called in Keras: torchvision numbers them, and leaves out what a block has not. */
function stepsOf(modules: ReadonlyMap<string, readonly number[]>, block: string): string[] {
  const isGated = (step: number): boolean => modules.has(`${block}.${step}.fc1`);
  if (isGated(2)) return ["expand", "depthwise", "se", "project"];
  if (isGated(1)) return ["depthwise", "se", "project"];
  return modules.has(`${block}.1.0`) ? ["expand", "project"] : ["project"];
}

function blockLayers(modules: ReadonlyMap<string, readonly number[]>, module: string): KerasLayer[] {
  const match = /^(features\.(\d+)\.(\d+)\.block)\.(\d)\.(.+)$/.exec(module);
  if (match === null) return [];
  const [, block, stage, repeat, step, part] = match;
  const start = `block${stage}${String.fromCharCode(97 + Number(repeat))}`;
  const name = stepsOf(modules, block!)[Number(step)];
  if (name === "se") return [{ kind: "convolution", names: [`${start}_se_${part === "fc1" ? "reduce" : "expand"}`], module }];
  if (name === "depthwise") {
    if (part === "0") return [{ kind: "depthwise", names: [`${start}_dwconv2`, `${start}_dwconv`], module }];
    return [{ kind: "batch-normalization", names: [`${start}_bn`], module, epsilon }];
  }
  if (part === "0") return [{ kind: "convolution", names: [`${start}_${name}_conv`], module }];
  return [{ kind: "batch-normalization", names: [`${start}_${name}_bn`], module, epsilon }];
}

function familyOf(networks: RegExp, normalization: KerasFamily["normalization"]): KerasFamily {
  return {
    networks,
    normalization,
    first: "features.0.0",
    difference: asymmetricBorder,
    layers(modules) {
      const paths = [...modules.keys()];
      const last = Math.max(...paths.map((path) => Number(/^features\.(\d+)\./.exec(path)?.[1] ?? 0)));
      return [
        { kind: "convolution", names: ["stem_conv"], module: "features.0.0" },
        { kind: "batch-normalization", names: ["stem_bn"], module: "features.0.1", epsilon },
        ...paths.flatMap((path) => blockLayers(modules, path)),
        { kind: "convolution", names: ["top_conv"], module: `features.${last}.0` },
        { kind: "batch-normalization", names: ["top_bn"], module: `features.${last}.1`, epsilon },
        { kind: "dense", names: ["predictions"], module: "classifier.1" },
      ];
    },
  };
}

export const efficientnet = familyOf(/^efficientnet_b\d(-tiny)?$/, torchNormalization);

/** The variants S, M and L scale by x / 128 - 1. */
export const efficientnetV2 = familyOf(/^efficientnet_v2_[sml](-tiny)?$/, {
  mean: [128 / 255, 128 / 255, 128 / 255],
  std: [128 / 255, 128 / 255, 128 / 255],
  order: "rgb",
});
