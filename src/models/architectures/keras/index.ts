import type { KerasFamily } from "./contract.js";
import { convnext } from "./convnext.js";
import { densenet } from "./densenet.js";
import { efficientnet, efficientnetV2 } from "./efficientnet.js";
import { mobileNetV2 } from "./mobilenet-v2.js";
import { resnet } from "./resnet.js";
import { vgg } from "./vgg.js";
import { xception } from "./xception.js";

/** Families of networks with names in keras.applications. */
export const kerasFamilies = { convnext, densenet, efficientnet, efficientnetV2, mobileNetV2, resnet, vgg, xception } as const satisfies Record<string, KerasFamily>;

/** Keras's names for a network, or undefined where keras.applications has none of its kind. */
export function kerasFamilyOf(network: string): KerasFamily | undefined {
  return Object.values(kerasFamilies).find(({ networks }) => networks.test(network));
}
