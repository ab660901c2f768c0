// Blocks that let every position of a feature map see every other. Each returns x + gamma (what it makes of x - nothing or x), with
// gamma learned and 0 at first: a network with published weights gives the same logits with the block as without.
import { kaimingFanIn } from "./network-builder.js";
import type { NetworkBuilder } from "./network-builder.js";

/** The one number a block's contribution is multiplied with. */
function gamma(network: NetworkBuilder, path: string): string {
  return network.parameter(`${path}.gamma`, { shape: [1], role: "normScale", init: { distribution: "constant", value: 0 } });
}

/** A 1x1 convolution without bias. */
function mix(network: NetworkBuilder, path: string, input: string, outputs: number): string {
  return network.convolution(path, input, { outputs, kernel: 1, init: kaimingFanIn });
}

/**
 * Self-attention over the positions of x [N, C, H, W]: with queries and keys of d = C / 8 channels and values of C / 2,
 * y = x + gamma · project(V softmax(QᵀK / √d)ᵀ). As in SAGAN, with the scale of the dot products that transformers have,
 * so that they do not saturate at the start.
 * @see X. Wang et al. 2018, Non-local Neural Networks, doi:10.1109/CVPR.2018.00813; H. Zhang et al. 2019, Self-Attention
 *   Generative Adversarial Networks, arXiv:1805.08318, section 3
 */
export function selfAttention(network: NetworkBuilder, path: string, input: string): string {
  const [channels, height, width] = network.extents(input) as [number, number, number];
  const depth = Math.max(1, Math.floor(channels / 8));
  const inner = Math.max(1, Math.floor(channels / 2));
  const positions = (name: string, outputs: number): string =>
    network.operator("Reshape", `${path}.${name}.positions`, [mix(network, `${path}.${name}`, input, outputs), network.constant([-1, outputs, height * width])]);
  const queries = network.operator("Transpose", `${path}.queries`, [positions("query", depth)], { perm: [0, 2, 1] });
  const products = network.operator("MatMul", `${path}.products`, [queries, positions("key", depth)]);
  const scaled = network.multiply(`${path}.scaled`, products, network.constant(1 / Math.sqrt(depth)));
  // [N, positions that look, positions looked at]
  const weights = network.operator("Softmax", `${path}.weights`, [scaled], { axis: -1 });
  const turned = network.operator("Transpose", `${path}.turned`, [weights], { perm: [0, 2, 1] });
  const seen = network.operator("MatMul", `${path}.seen`, [positions("value", inner), turned]);
  const image = network.operator("Reshape", `${path}.image`, [seen, network.constant([-1, inner, height, width])]);
  const added = network.multiply(`${path}.added`, mix(network, `${path}.project`, image, channels), gamma(network, path));
  return network.add(path, input, added);
}

/**
 * CBAM: first every channel, then every position of x [N, C, H, W] is weighted by a sigmoid of what means and maxima over the
 * other axes say; y = x + gamma · (weighted - x).
 * @see S. Woo et al. 2018, CBAM: Convolutional Block Attention Module, doi:10.1007/978-3-030-01234-2_1
 */
export function convolutionalAttention(network: NetworkBuilder, path: string, input: string): string {
  const [channels] = network.extents(input) as [number];
  const hidden = Math.max(1, Math.floor(channels / 16));
  const over = (op: "ReduceMean" | "ReduceMax", axes: readonly number[], from: string, name: string): string =>
    network.operator(op, `${path}.${name}`, [from], { axes, keepdims: 1 });
  // Means and maxima one above the other, so that both pass the same two layers: [N, C, 2, 1].
  const means = over("ReduceMean", [2, 3], input, "channel_mean");
  const maxima = over("ReduceMax", [2, 3], input, "channel_max");
  const both = network.operator("Concat", `${path}.channels`, [means, maxima], { axis: 2 });
  const reduced = network.relu(`${path}.relu`, mix(network, `${path}.reduce`, both, hidden));
  const expanded = mix(network, `${path}.expand`, reduced, channels);
  const summed = network.operator("ReduceSum", `${path}.sum`, [expanded, network.constant([2])], { keepdims: 1 });
  const byChannel = network.multiply(`${path}.by_channel`, input, network.sigmoid(`${path}.channel_weights`, summed));

  const mean = over("ReduceMean", [1], byChannel, "position_mean");
  const maximum = over("ReduceMax", [1], byChannel, "position_max");
  const maps = network.concatenate(`${path}.positions`, [mean, maximum]);
  const filtered = network.convolution(`${path}.spatial`, maps, { outputs: 1, kernel: 7, init: kaimingFanIn });
  const byPosition = network.multiply(`${path}.by_position`, byChannel, network.sigmoid(`${path}.position_weights`, filtered));

  const change = network.operator("Sub", `${path}.change`, [byPosition, input]);
  return network.add(path, input, network.multiply(`${path}.added`, change, gamma(network, path)));
}
