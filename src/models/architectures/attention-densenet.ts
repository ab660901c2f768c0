// DenseNet-121 that sees several scales and whose positions see one another: features after each of the last three dense
// blocks are brought to one size and fused, then attended, then classified. Fusion, self-attention and CBAM can each be left
// out: a name of the shelf for each combination. All of them start as DenseNet-121 to the last weight: the fusion's last
// convolution and the attention's factor are 0. The design is this project's own, after feature pyramids, SAGAN and CBAM; a
// drawing and the reasons are in docs/reference/attention-densenet.md.
// Parameter names: torchvision's of densenet121, and multiscale.*, attention.*, cbam.* of the parts.
import { convolutionalAttention, selfAttention } from "./attention.js";
import { imageNetPreprocessing, tinyPreprocessing, unpublished } from "./contract.js";
import type { Architecture, BuildOptions, Reference } from "./contract.js";
import {
  buildDenseFeatures,
  denseBlock,
  denseNetHeadInit,
  denseStem,
  densenet121Config,
  normalizeActivate,
  renameDenseParameter,
  tinyDenseNetConfig,
  transition,
} from "./densenet.js";
import type { DenseNetConfig } from "./densenet.js";
import { kaimingFanIn } from "./network-builder.js";
import type { NetworkBuilder } from "./network-builder.js";

const reference: Reference = {
  authors: "after H. Zhang, I. Goodfellow, D. Metaxas, A. Odena (attention), T.-Y. Lin et al. (feature pyramids), S. Woo et al. (CBAM)",
  title: "Self-Attention Generative Adversarial Networks; Feature Pyramid Networks for Object Detection, doi:10.1109/CVPR.2017.106; CBAM, doi:10.1007/978-3-030-01234-2_1",
  year: 2019,
  id: "arXiv:1805.08318",
};

interface Parts {
  readonly multiscale: boolean;
  readonly attention: "none" | "self" | "cbam";
}

/** Blocks whose features are fused: the last ones. */
const levels = 3;

/** Every position twice in both directions; its mean over all positions stays what it was. */
function double(network: NetworkBuilder, path: string, input: string): string {
  return network.operator("Resize", path, [input, "", network.constant([1, 1, 2, 2], "float32")], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });
}

/** What lies over the grid of size x size; an odd extent before a transition has one row and column that the transition drops. */
function cut(network: NetworkBuilder, path: string, input: string, size: readonly number[]): string {
  const [height, width] = network.extents(input).slice(1);
  if (height === size[0] && width === size[1]) return input;
  return network.operator("Slice", path, [input, network.constant([0, 0]), network.constant(size), network.constant([2, 3])]);
}

/**
 * The trunk up to all three scales on one grid, that of the block before the last: the features of the block before it
 * averaged to half their size, its own, and the last feature map doubled, side by side. A stage ends in one value, so the
 * blocks whose features are read later are one stage.
 * @returns the value and the channels of its last part, the last feature map
 */
function buildPyramid(network: NetworkBuilder, config: DenseNetConfig): { pyramid: string; trunk: number } {
  const { depths, growth } = config;
  const first = depths.length - levels;
  const block = (index: number, input: string): string => denseBlock(network, `features.denseblock${index + 1}`, input, { depth: depths[index]!, growth });
  let value = network.stage("stem", () => denseStem(network, config.width));
  for (let index = 0; index < first; index++) {
    const input = value;
    value = network.stage(`denseblock${index + 1}`, () => transition(network, `features.transition${index + 1}`, block(index, input)));
  }
  const input = value;
  let trunk = 0;
  const pyramid = network.stage("pyramid", () => {
    const early = block(first, input);
    const middle = block(first + 1, transition(network, `features.transition${first + 1}`, early));
    const last = block(first + 2, transition(network, `features.transition${first + 2}`, middle));
    const doubled = double(network, "multiscale.doubled", normalizeActivate(network, "features", last, "5"));
    const [channels, ...size] = network.extents(doubled) as [number, number, number];
    trunk = channels;
    const halved = network.averagePool("multiscale.halved", early, { kernel: 2, stride: 2 });
    const parts = [cut(network, "multiscale.early", halved, size), cut(network, "multiscale.middle", middle, size), doubled];
    return network.concatenate("multiscale.pyramid", parts);
  });
  return { pyramid, trunk };
}

/**
 * The last feature map T plus what all scales say together: T + conv3(relu(norm3(conv2(relu(norm2(conv1(relu(norm1(P)))))))),
 * 1x1 to a quarter of T's channels, 3x3, and 1x1 back, the last one 0 at first.
 */
function fuse(network: NetworkBuilder, pyramid: string, trunk: number): string {
  const channels = network.extents(pyramid)[0]!;
  const narrow = Math.max(1, Math.floor(trunk / 4));
  const convolve = (number: number, input: string, options: { outputs: number; kernel: number }): string => {
    const activated = normalizeActivate(network, "multiscale", input, String(number));
    const init = number === 3 ? () => ({ distribution: "constant", value: 0 }) as const : kaimingFanIn;
    return network.convolution(`multiscale.conv${number}`, activated, { ...options, init });
  };
  const mixed = convolve(1, pyramid, { outputs: narrow, kernel: 1 });
  const smoothed = convolve(2, mixed, { outputs: narrow, kernel: 3 });
  const added = convolve(3, smoothed, { outputs: trunk, kernel: 1 });
  const slice = [network.constant([channels - trunk]), network.constant([channels]), network.constant([1])];
  return network.add("multiscale", network.operator("Slice", "multiscale.trunk", [pyramid, ...slice]), added);
}

const attentions = { self: selfAttention, cbam: convolutionalAttention } as const;
const paths = { self: "attention", cbam: "cbam" } as const;

function buildAttentionDenseNet(network: NetworkBuilder, config: DenseNetConfig, options: BuildOptions & { readonly parts: Parts }): string {
  const { multiscale, attention } = options.parts;
  const pool = (features: string): string => network.globalAverage("avgpool", features);
  let value: string;
  if (multiscale) {
    const { pyramid, trunk } = buildPyramid(network, config);
    value = network.stage("multiscale", () => {
      const fused = fuse(network, pyramid, trunk);
      return attention === "none" ? pool(fused) : fused;
    });
  } else {
    value = buildDenseFeatures(network, config, (features) => features);
  }
  const features = value;
  // The pooled vector closes the last feature stage, so that frozen features are kept as one row per image.
  if (attention !== "none") value = network.stage(paths[attention], () => pool(attentions[attention](network, paths[attention], features)));
  return network.stage("classifier", () =>
    network.linear("classifier", network.dropout("dropout", value, options.dropout), { outputs: options.classes, init: denseNetHeadInit }),
  );
}

interface Facts extends Pick<Architecture, "summary" | "params" | "multiplyAdds"> {
  readonly title: string;
  readonly parts: Parts;
}

function variant({ parts, ...facts }: Facts, tiny: boolean) {
  const config = tiny ? tinyDenseNetConfig : densenet121Config;
  const { multiscale, attention } = parts;
  const added = [...(multiscale ? ["multiscale"] : []), ...(attention === "none" ? [] : [paths[attention]])];
  return {
    ...facts,
    title: `${facts.title}${tiny ? ", tiny" : ""}`,
    reference,
    tiny,
    publishedClasses: tiny ? 2 : 1000,
    inputSize: tiny ? 64 : 224,
    minInputSize: tiny ? 16 : 32,
    camLayer: added.at(-1)!,
    headParameters: ["classifier.weight", "classifier.bias"],
    dropout: 0,
    renameParameter: renameDenseParameter,
    extends: { network: tiny ? "densenet-tiny" : "densenet121", parts: added.map((part) => `${part}.`) },
    license: tiny ? unpublished : "BSD-3-Clause (DenseNet-121's weights; the added parts have none)",
    preprocessing: tiny ? tinyPreprocessing : imageNetPreprocessing,
    build: (network: NetworkBuilder, options: BuildOptions) => buildAttentionDenseNet(network, config, { ...options, parts }),
  } as const satisfies Architecture;
}

export const attentionDenseNet = {
  "densenet121-multiscale": variant(
    {
      title: "DenseNet-121, several scales",
      summary: "Features of the last three blocks fused on one grid; starts as DenseNet-121.",
      parts: { multiscale: true, attention: "none" },
      params: 9_492_328,
      multiplyAdds: 3_129_597_952,
    },
    false,
  ),
  "densenet121-attention": variant(
    {
      title: "DenseNet-121 with self-attention",
      summary: "Positions of the last feature map see one another; starts as DenseNet-121.",
      parts: { multiscale: false, attention: "self" },
      params: 9_289_577,
      multiplyAdds: 2_899_923_584,
    },
    false,
  ),
  "densenet121-cbam": variant(
    {
      title: "DenseNet-121 with CBAM",
      summary: "Channels and positions of the last feature map are weighted; starts as DenseNet-121.",
      parts: { multiscale: false, attention: "cbam" },
      params: 8_110_027,
      multiplyAdds: 2_834_428_610,
    },
    false,
  ),
  "densenet121-multiscale-attention": variant(
    {
      title: "DenseNet-121, several scales with self-attention",
      summary: "Fused scales whose positions see one another; starts as DenseNet-121.",
      parts: { multiscale: true, attention: "self" },
      params: 10_803_049,
      multiplyAdds: 3_411_085_312,
    },
    false,
  ),
  "densenet121-multiscale-cbam": variant(
    {
      title: "DenseNet-121, several scales with CBAM",
      summary: "Fused scales whose channels and positions are weighted; starts as DenseNet-121.",
      parts: { multiscale: true, attention: "cbam" },
      params: 9_623_499,
      multiplyAdds: 3_129_879_304,
    },
    false,
  ),
  "densenet-multiscale-attention-tiny": variant(
    {
      title: "DenseNet, several scales with self-attention",
      summary: "Six dense layers in three blocks, fused and attended, for tests and demonstrations.",
      parts: { multiscale: true, attention: "self" },
      params: 93_251,
      multiplyAdds: 14_286_976,
    },
    true,
  ),
  "densenet-multiscale-tiny": variant(
    {
      title: "DenseNet, several scales",
      summary: "Six dense layers in three blocks, fused, for tests and demonstrations.",
      parts: { multiscale: true, attention: "none" },
      params: 88_130,
      multiplyAdds: 13_795_456,
    },
    true,
  ),
  "densenet-attention-tiny": variant(
    {
      title: "DenseNet with self-attention",
      summary: "Six dense layers in three blocks, attended, for tests and demonstrations.",
      parts: { multiscale: false, attention: "self" },
      params: 86_403,
      multiplyAdds: 13_478_016,
    },
    true,
  ),
  "densenet-cbam-tiny": variant(
    {
      title: "DenseNet with CBAM",
      summary: "Six dense layers in three blocks, channels and positions weighted, for tests and demonstrations.",
      parts: { multiscale: false, attention: "cbam" },
      params: 81_893,
      multiplyAdds: 13_388_448,
    },
    true,
  ),
} as const satisfies Record<string, Architecture>;
