import { imagenetNormalization } from "../../images/index.js";
import type { Preprocessing } from "../../images/index.js";
import type { NetworkBuilder } from "./network-builder.js";

/** Where a definition comes from. */
export interface Reference {
  readonly authors: string;
  readonly title: string;
  readonly year: number;
  /** Digital object identifier, or the arXiv identifier where there is none. */
  readonly id: string;
}

/** What a builder needs to know of the task at hand. */
export interface BuildOptions {
  /** Number of classes K. */
  readonly classes: number;
  /** Height and width of the image in pixels. */
  readonly inputSize: number;
  /** Probability that a feature is dropped before a linear layer of the head; 0 leaves the operator out. */
  readonly dropout: number;
}

/**
 * One network: its published facts, checked by the shelf's tests, and the function that builds it.
 * The key on the shelf is also the spelling on the command line and in recipes.
 */
export interface Architecture {
  readonly title: string;
  readonly summary: string;
  readonly reference: Reference;
  /** Reduced net for tests and demonstrations: the same blocks, few channels. No weights are published for it. */
  readonly tiny: boolean;
  /** Learnable parameters with `publishedClasses` classes (running statistics are not counted). */
  readonly params: number;
  /** Multiply-add operations of convolutions and linear layers for one image at `inputSize`. */
  readonly multiplyAdds: number;
  /** Classes for which `params` and `multiplyAdds` are stated. */
  readonly publishedClasses: number;
  readonly inputSize: number;
  /** Least side in pixels that leaves at least one position after the last stage. */
  readonly minInputSize: number;
  /** Value whose gradient Grad-CAM uses: the last feature map [N, C, h, w]. */
  readonly camLayer: string;
  /** Parameters of the last linear layer, replaced when the classes differ. */
  readonly headParameters: readonly string[];
  /** Dropout of the published head. */
  readonly dropout: number;
  /** Greatest probability of leaving out a residual branch in training, that of the last block; left out where there is none. */
  readonly stochasticDepth?: number;
  /** The published network this one adds parts to; the parts start as the identity, and files of that network lack them. */
  readonly extends?: {
    readonly network: string;
    /** Beginnings of the added parameters' names. */
    readonly parts: readonly string[];
  };
  /** The network's name of a parameter that older published files call otherwise; every other name comes back as it is. */
  readonly renameParameter?: (published: string) => string;
  /** Licence of the published weights. */
  readonly license: string;
  /** What the published weights expect of an image. */
  readonly preprocessing: Preprocessing;
  /** Builds stage after stage from the value `"input"` and returns the value of the logits [N, K]. */
  build(network: NetworkBuilder, options: BuildOptions): string;
}

/** License where nothing is published. */
export const unpublished = "none: no weights are published";

/** What torchvision's ImageNet weights expect: short side 256, center crop 224, channel means and deviations. */
export const imageNetPreprocessing: Preprocessing = {
  channels: "rgb",
  size: 224,
  resize: "center-crop",
  shortSide: 256,
  ...imagenetNormalization,
  fill: 0,
};

/** Preprocessing of the tiny variants: the whole image at 64 pixels. */
export const tinyPreprocessing: Preprocessing = {
  channels: "rgb",
  size: 64,
  resize: "letterbox",
  ...imagenetNormalization,
  fill: 0,
};
