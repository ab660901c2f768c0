import { attentionDenseNet } from "./attention-densenet.js";
import { convnext } from "./convnext.js";
import { densenet } from "./densenet.js";
import { efficientnet } from "./efficientnet.js";
import { mobileNetV2 } from "./mobilenet-v2.js";
import { resnet } from "./resnet.js";
import { vgg } from "./vgg.js";
import { xception } from "./xception.js";
import type { Architecture } from "./contract.js";

const shelf = { ...attentionDenseNet, ...convnext, ...densenet, ...efficientnet, ...mobileNetV2, ...resnet, ...vgg, ...xception } as const satisfies Record<string, Architecture>;

export type ArchitectureName = keyof typeof shelf;

/** Every network, by its published name. */
export const architectures: Readonly<Record<ArchitectureName, Architecture>> = shelf;
