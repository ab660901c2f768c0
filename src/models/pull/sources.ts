import type { ArchitectureName } from "../architectures/index.js";

/** One published file of weights with torchvision's parameter names. */
export interface WeightsSource {
  /** torchvision's name of the training recipe. */
  readonly name: string;
  readonly url: string;
  /** SHA-256 of the file, hexadecimal. Its first eight digits are part of the published file name. */
  readonly sha256: string;
  /** Length in bytes. */
  readonly bytes: number;
  /** Top-1 accuracy on ImageNet in percent, as published. */
  readonly accuracy: number;
  /** Short side in pixels before the center crop of 224, as published. */
  readonly shortSide: number;
  readonly license: string;
  readonly note: string;
}

const license = "BSD-3-Clause";

/**
 * Where the published files of each network are; the first is torchvision's own default. The publisher states eight
 * digits of each SHA-256, in the file name; the rest was taken from independent records of the same files.
 */
export const weightsSources: Readonly<Partial<Record<ArchitectureName, readonly WeightsSource[]>>> = {
  mobilenet_v2: [
    {
      name: "IMAGENET1K_V2",
      url: "https://download.pytorch.org/models/mobilenet_v2-7ebf99e0.pth",
      sha256: "7ebf99e03e254b273379b23edca7ec0da9f48273b23a332b93c1c99d49e86e8f",
      bytes: 14_258_573,
      accuracy: 72.154,
      shortSide: 232,
      license,
      note: "torchvision's newer training recipe.",
    },
  ],
  resnet50: [
    {
      name: "IMAGENET1K_V2",
      url: "https://download.pytorch.org/models/resnet50-11ad3fa6.pth",
      sha256: "11ad3fa62ca79e40addfd354a8ec4b7c75143b3038b8d2a807fbc68deab379ca",
      bytes: 102_540_417,
      accuracy: 80.858,
      shortSide: 232,
      license,
      note: "torchvision's newer training recipe.",
    },
    {
      name: "IMAGENET1K_V1",
      url: "https://download.pytorch.org/models/resnet50-0676ba61.pth",
      sha256: "0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a",
      bytes: 102_530_333,
      accuracy: 76.13,
      shortSide: 256,
      license,
      note: "The recipe of the paper; what most published studies started from.",
    },
  ],
  vgg16: [
    {
      name: "IMAGENET1K_V1",
      url: "https://download.pytorch.org/models/vgg16-397923af.pth",
      sha256: "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
      bytes: 553_433_881,
      accuracy: 71.592,
      shortSide: 256,
      license,
      note: "Half a gigabyte, most of it in the first linear layer.",
    },
  ],
};
