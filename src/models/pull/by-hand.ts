import type { ArchitectureName } from "../architectures/index.js";

/** Weights that are published where no program can fetch them at a fixed address with a stated checksum. */
export interface OfferByHand {
  readonly name: string;
  readonly network: ArchitectureName;
  /** Where the publisher has it. */
  readonly page: string;
  /** The file or files to take. */
  readonly file: string;
  readonly data: string;
  readonly license: string;
  /** What the publisher's programs subtract from values in [0, 1] and divide them by. */
  readonly normalization: { readonly mean: readonly number[]; readonly std: readonly number[] };
  readonly note: string;
}

const radImageNet = {
  name: "RadImageNet",
  page: "https://github.com/BMEII-AI/RadImageNet (its README names the folder of the pretrained models on Google Drive)",
  data: "1.35 million CT, MR and ultrasound images, 165 findings; X. Mei et al. 2022, doi:10.1148/ryai.210315",
  license: "MIT for the repository that links them; none is stated for the weights",
  // (image - 127.5) * 2 / 255 in the publisher's programs.
  normalization: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  note: "The folder states no checksum. There is no classifier in the files: the head is started anew.",
} as const;

/** RadImageNet is also published for InceptionV3 and Inception-ResNet-v2, which are not among the networks here. */
export const offeredByHand: readonly OfferByHand[] = [
  { ...radImageNet, network: "resnet50", file: "ResNet50.pt for PyTorch, or RadImageNet-ResNet50_notop.h5 for Keras" },
  { ...radImageNet, network: "densenet121", file: "DenseNet121.pt for PyTorch, or RadImageNet-DenseNet121_notop.h5 for Keras" },
];
