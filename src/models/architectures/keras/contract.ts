/** How a layer of Keras becomes parameters here; says the order of its weights in the file. */
export type KerasLayer = {
  /** Names that Keras has given the layer over the years, the newest first. */
  readonly names: readonly string[];
  /** Path of the module whose parameters it fills: `"features.0"` for `"features.0.weight"`. */
  readonly module: string;
} & (
  | {
      /** Kernel [H, W, in, out], bias. */
      readonly kind: "convolution";
      /** Normalization that takes up the bias of a convolution that has none here. */
      readonly biasInto?: string;
    }
  /** Kernel [H, W, C, 1], bias. */
  | { readonly kind: "depthwise" }
  | {
      /** Depthwise kernel [H, W, C, 1], pointwise kernel [1, 1, in, out]. */
      readonly kind: "separable";
      readonly pointwise: string;
    }
  | {
      /** Kernel [in, out], bias. */
      readonly kind: "dense";
      /** Channels C of the feature map [H, W, C] that was flattened before it. */
      readonly flattened?: number;
    }
  | {
      /** Scale, bias, mean, variance. */
      readonly kind: "batch-normalization";
      readonly epsilon: number;
    }
  /** Scale, bias. */
  | { readonly kind: "layer-normalization" }
  | {
      /** One factor for each channel. */
      readonly kind: "layer-scale";
      /** The parameter itself, which has no module. */
      readonly parameter: string;
    }
);

/** What keras.applications does to an image before the network, as mean and deviation of values in [0, 1], RGB. */
export interface KerasNormalization {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** Order of the channels that the first convolution expects. */
  readonly order: "rgb" | "bgr";
}

/** The names that keras.applications gives the layers of a family of networks. */
export interface KerasFamily {
  /** Beginning of the networks' names here. */
  readonly networks: RegExp;
  readonly normalization: KerasNormalization;
  /** Path of the convolution that sees the image. */
  readonly first: string;
  /** What Keras computes otherwise with the same weights; left out where nothing is. */
  readonly difference?: string;
  /** Layers for the modules of a network. @param modules paths with the shape of their weight @param fileLayers layer names in the file */
  layers(modules: ReadonlyMap<string, readonly number[]>, fileLayers: readonly string[]): KerasLayer[];
}

/** keras.applications' mode "caffe": blue, green, red from 0 to 255, less a mean. */
export const caffeNormalization: KerasNormalization = {
  mean: [123.68 / 255, 116.779 / 255, 103.939 / 255],
  std: [1 / 255, 1 / 255, 1 / 255],
  order: "bgr",
};

/** keras.applications' mode "tf": from -1 to 1. */
export const signedNormalization: KerasNormalization = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], order: "rgb" };

/** keras.applications' mode "torch", as torchvision. */
export const torchNormalization: KerasNormalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], order: "rgb" };

/** What Keras and torchvision do to the border of a convolution with stride 2. */
export const asymmetricBorder =
  "Keras puts the border of a convolution with stride 2 on the right and below, this network puts it on both sides: logits differ from Keras's. As a start of training the weights serve.";
