import type { ArchitectureName } from "./architectures/index.js";

/** Small networks of the same kind, by the beginning of a name; the first that fits. */
const kinds: readonly (readonly [RegExp, ArchitectureName])[] = [
  [/^vgg\d+_bn$/, "vgg16_bn-tiny"],
  [/^vgg/, "vgg16-tiny"],
  [/^resnet(18|34)$/, "resnet18-tiny"],
  [/^resnet/, "resnet50-tiny"],
  [/^densenet121-multiscale-attention$/, "densenet-multiscale-attention-tiny"],
  [/^densenet121-multiscale$/, "densenet-multiscale-tiny"],
  [/^densenet121-attention$/, "densenet-attention-tiny"],
  [/^densenet121-.*cbam$/, "densenet-cbam-tiny"],
  [/^densenet/, "densenet-tiny"],
  [/^efficientnet_v2/, "efficientnet_v2-tiny"],
  [/^efficientnet_b/, "efficientnet_b0-tiny"],
  [/^convnext/, "convnext_base-tiny"],
  [/^xception/, "xception-tiny"],
];

/** The small network that stands in for a large one where a study is tried out. A small one stands for itself. */
export function tinyVariant(name: ArchitectureName): ArchitectureName {
  if (name.endsWith("-tiny")) return name;
  return kinds.find(([pattern]) => pattern.test(name))?.[1] ?? "mobilenet_v2-tiny";
}
