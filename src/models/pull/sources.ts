import { imagenetNormalization } from "../../images/index.js";
import type { Preprocessing } from "../../images/index.js";
import { architectures } from "../architectures/index.js";
import type { ArchitectureName } from "../architectures/index.js";

/** One published file of weights. */
export interface WeightsSource {
  /** The publisher's name of the training recipe. */
  readonly name: string;
  readonly url: string;
  /**
   * SHA-256 of the file, hexadecimal, as far as it is known: all 64 digits, or the first eight, which torchvision puts in
   * the file's name. Left out where the publisher states none.
   */
  readonly sha256?: string;
  /** Length in bytes, where known. */
  readonly bytes?: number;
  /** Top-1 accuracy on ImageNet in percent, as published. */
  readonly accuracy: number;
  /** What these weights expect of an image, as published. */
  readonly preprocessing: Preprocessing;
  /** How the publisher scaled images when measuring the accuracy. */
  readonly interpolation: "bilinear" | "bicubic";
  readonly license: string;
  readonly note: string;
}

interface Facts extends Partial<Pick<WeightsSource, "sha256" | "bytes" | "interpolation" | "note">> {
  readonly accuracy: number;
  readonly size?: number;
  readonly shortSide?: number;
  readonly normalization?: Pick<Preprocessing, "mean" | "std">;
}

/** A file of torchvision's; the eight digits at the end of its name are the first of its SHA-256. */
function torchvision(name: string, file: string, facts: Facts): WeightsSource {
  const { accuracy, size = 224, shortSide = 256, normalization = imagenetNormalization, interpolation = "bilinear", note = "" } = facts;
  return {
    name,
    url: `https://download.pytorch.org/models/${file}`,
    sha256: facts.sha256 ?? /-([0-9a-f]{8})\.pth$/.exec(file)![1]!,
    ...(facts.bytes !== undefined && { bytes: facts.bytes }),
    accuracy,
    preprocessing: { channels: "rgb", size, resize: "center-crop", shortSide, mean: normalization.mean, std: normalization.std, fill: 0 },
    interpolation,
    license: "BSD-3-Clause",
    note,
  };
}

const newer = "torchvision's newer training recipe.";
const simple = "Trained from scratch by a simple recipe.";
const paper = "The recipe of the paper; what most published studies started from.";
const luaTorch = "Ported from LuaTorch.";
const ported = "Ported from the paper's own.";

/**
 * Where the published files of each network are; the first is the publisher's own default. torchvision states eight
 * digits of each SHA-256, in the file name; where there are more, they were taken from independent records of the same file.
 */
const published: Readonly<Partial<Record<ArchitectureName, readonly WeightsSource[]>>> = {
  convnext_tiny: [torchvision("IMAGENET1K_V1", "convnext_tiny-983f1562.pth", { accuracy: 82.52, shortSide: 236, note: newer })],
  convnext_small: [torchvision("IMAGENET1K_V1", "convnext_small-0c510722.pth", { accuracy: 83.616, shortSide: 230, note: newer })],
  convnext_base: [torchvision("IMAGENET1K_V1", "convnext_base-6075fbad.pth", { accuracy: 84.062, shortSide: 232, note: newer })],
  convnext_large: [torchvision("IMAGENET1K_V1", "convnext_large-ea097f82.pth", { accuracy: 84.414, shortSide: 232, note: newer })],
  densenet121: [torchvision("IMAGENET1K_V1", "densenet121-a639ec97.pth", { accuracy: 74.434, note: luaTorch })],
  densenet169: [torchvision("IMAGENET1K_V1", "densenet169-b2777c0a.pth", { accuracy: 75.6, note: luaTorch })],
  densenet201: [torchvision("IMAGENET1K_V1", "densenet201-c1103571.pth", { accuracy: 76.896, note: luaTorch })],
  efficientnet_b0: [
    torchvision("IMAGENET1K_V1", "efficientnet_b0_rwightman-3dd342df.pth", { accuracy: 77.692, interpolation: "bicubic", note: ported }),
  ],
  efficientnet_b1: [
    torchvision("IMAGENET1K_V2", "efficientnet_b1-c27df63c.pth", { accuracy: 79.838, size: 240, shortSide: 255, note: newer }),
    torchvision("IMAGENET1K_V1", "efficientnet_b1_rwightman-533bc792.pth", { accuracy: 78.642, size: 240, interpolation: "bicubic", note: ported }),
  ],
  efficientnet_b2: [
    torchvision("IMAGENET1K_V1", "efficientnet_b2_rwightman-bcdf34b7.pth", { accuracy: 80.608, size: 288, shortSide: 288, interpolation: "bicubic", note: ported }),
  ],
  efficientnet_b3: [
    torchvision("IMAGENET1K_V1", "efficientnet_b3_rwightman-cf984f9c.pth", { accuracy: 82.008, size: 300, shortSide: 320, interpolation: "bicubic", note: ported }),
  ],
  efficientnet_b4: [
    torchvision("IMAGENET1K_V1", "efficientnet_b4_rwightman-7eb33cd5.pth", { accuracy: 83.384, size: 380, shortSide: 384, interpolation: "bicubic", note: ported }),
  ],
  efficientnet_v2_s: [torchvision("IMAGENET1K_V1", "efficientnet_v2_s-dd5fe13b.pth", { accuracy: 84.228, size: 384, shortSide: 384, note: newer })],
  efficientnet_v2_m: [torchvision("IMAGENET1K_V1", "efficientnet_v2_m-dc08266a.pth", { accuracy: 85.112, size: 480, shortSide: 480, note: newer })],
  efficientnet_v2_l: [
    torchvision("IMAGENET1K_V1", "efficientnet_v2_l-59c71312.pth", {
      accuracy: 85.808,
      size: 480,
      shortSide: 480,
      interpolation: "bicubic",
      normalization: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
      note: ported,
    }),
  ],
  mobilenet_v2: [
    torchvision("IMAGENET1K_V2", "mobilenet_v2-7ebf99e0.pth", {
      sha256: "7ebf99e03e254b273379b23edca7ec0da9f48273b23a332b93c1c99d49e86e8f",
      bytes: 14_258_573,
      accuracy: 72.154,
      shortSide: 232,
      note: newer,
    }),
    torchvision("IMAGENET1K_V1", "mobilenet_v2-b0353104.pth", { accuracy: 71.878, note: paper }),
  ],
  resnet18: [torchvision("IMAGENET1K_V1", "resnet18-f37072fd.pth", { accuracy: 69.758, note: paper })],
  resnet34: [torchvision("IMAGENET1K_V1", "resnet34-b627a593.pth", { accuracy: 73.314, note: paper })],
  resnet50: [
    torchvision("IMAGENET1K_V2", "resnet50-11ad3fa6.pth", {
      sha256: "11ad3fa62ca79e40addfd354a8ec4b7c75143b3038b8d2a807fbc68deab379ca",
      bytes: 102_540_417,
      accuracy: 80.858,
      shortSide: 232,
      note: newer,
    }),
    torchvision("IMAGENET1K_V1", "resnet50-0676ba61.pth", {
      sha256: "0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a",
      bytes: 102_530_333,
      accuracy: 76.13,
      note: paper,
    }),
  ],
  resnet101: [
    torchvision("IMAGENET1K_V2", "resnet101-cd907fc2.pth", { accuracy: 81.886, shortSide: 232, note: newer }),
    torchvision("IMAGENET1K_V1", "resnet101-63fe2227.pth", { accuracy: 77.374, note: paper }),
  ],
  resnet152: [
    torchvision("IMAGENET1K_V2", "resnet152-f82ba261.pth", { accuracy: 82.284, shortSide: 232, note: newer }),
    torchvision("IMAGENET1K_V1", "resnet152-394f9c45.pth", { accuracy: 78.312, note: paper }),
  ],
  vgg11: [torchvision("IMAGENET1K_V1", "vgg11-8a719046.pth", { accuracy: 69.02, note: simple })],
  vgg11_bn: [torchvision("IMAGENET1K_V1", "vgg11_bn-6002323d.pth", { accuracy: 70.37, note: simple })],
  vgg13: [torchvision("IMAGENET1K_V1", "vgg13-19584684.pth", { accuracy: 69.928, note: simple })],
  vgg13_bn: [torchvision("IMAGENET1K_V1", "vgg13_bn-abd245e5.pth", { accuracy: 71.586, note: simple })],
  vgg16: [
    torchvision("IMAGENET1K_V1", "vgg16-397923af.pth", {
      sha256: "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
      bytes: 553_433_881,
      accuracy: 71.592,
      note: "Half a gigabyte, most of it in the first linear layer.",
    }),
  ],
  vgg16_bn: [torchvision("IMAGENET1K_V1", "vgg16_bn-6c64b313.pth", { accuracy: 73.36, note: simple })],
  vgg19: [torchvision("IMAGENET1K_V1", "vgg19-dcbb9e9d.pth", { accuracy: 72.376, note: simple })],
  vgg19_bn: [torchvision("IMAGENET1K_V1", "vgg19_bn-c79401a0.pth", { accuracy: 74.218, note: simple })],
  xception: [
    {
      name: "keras",
      url: "https://storage.googleapis.com/tensorflow/keras-applications/xception/xception_weights_tf_dim_ordering_tf_kernels.h5",
      accuracy: 79.0,
      preprocessing: { channels: "rgb", size: 299, resize: "center-crop", shortSide: 333, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], fill: 0 },
      interpolation: "bilinear",
      license: "MIT",
      note: "keras.applications states no SHA-256 for it, but the MD5 0a58e3b7378bc2990ea3b43d5981f1f6.",
    },
  ],
};

/** A network that adds parts to a published one starts from that one's files. */
const extended = Object.entries(architectures).flatMap(([name, { extends: base, tiny }]) =>
  base === undefined || tiny ? [] : [[name, published[base.network as ArchitectureName]] as const],
);

export const weightsSources: Readonly<Partial<Record<ArchitectureName, readonly WeightsSource[]>>> = { ...published, ...Object.fromEntries(extended) };
